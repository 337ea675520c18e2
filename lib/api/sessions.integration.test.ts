import { eq } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { members, type roles, users } from '@/db/schema'
import { type Answer, startTestApi } from '@/test/api'
import { tokenOf } from '@/test/people'
import { changePolicy } from '../accounts'
import { sessionCookie } from '../accounts/session-claims'
import { requestBulkRevocation } from '../api-keys'
import { operatorActor } from '../audit'

// What the session of a person may read.

const api = await startTestApi({ FENICIA_LOG_LEVEL: 'error' })
afterAll(() => api.stop())
const { db } = api.runtime.database

let account: string
beforeEach(async () => {
  account = await api.makeAccount('Ana’s shop')
})

const codeOf = ({ status, body }: Answer) => [status, (body as { code?: string }).code]

describe('a person’s session', () => {
  let serial = 0
  async function cookieOf(role: (typeof roles)[number]): Promise<string> {
    const userId = `usr_${++serial}`
    await db.insert(users).values({ id: userId, email: `${userId}@example.com`, name: 'Ana', passwordHash: '-' })
    await db.insert(members).values({ accountId: account, userId, role })
    return `${sessionCookie().name}=${await tokenOf(db, { userId, accountId: account })}`
  }
  const GET = (path: string, Cookie: string, headers = {}) => api.call('GET', path, { headers: { Cookie, ...headers } })

  it.each([
    ['owner', 200],
    ['admin', 200],
    ['manager', 200],
    ['staff', 403],
  ] as const)('reads with the permission of a role: %s gets %i', async (role, status) => {
    const { id } = await api.makeKey(account, {})
    const work = await requestBulkRevocation(db, operatorActor(account), [id], null)
    const cookie = await cookieOf(role)
    for (const path of ['/keys', `/keys/${id}`, `/bulk-revocations/${work}`]) {
      expect((await GET(path, cookie)).status).toBe(status)
      expect((await api.call('HEAD', path, { headers: { Cookie: cookie } })).status).toBe(status)
    }
  })

  it('reads its own account only', async () => {
    const { id } = await api.makeKey(await api.makeAccount('Another shop'), {})
    expect((await GET(`/keys/${id}`, await cookieOf('owner'))).status).toBe(404)
  })

  it('reads nothing for a page that was made for another account or person, which is told whose it is', async () => {
    const cookie = await cookieOf('owner')
    const own = `usr_${serial} ${account}`
    expect((await GET('/keys', cookie, { 'X-Fenicia-Page-Of': own })).status).toBe(200)
    for (const page of [`usr_${serial} acc_other`, `usr_other ${account}`]) {
      const answer = await GET('/keys', cookie, { 'X-Fenicia-Page-Of': page })
      expect(codeOf(answer)).toEqual([403, 'INSUFFICIENT_PERMISSIONS'])
      expect(answer.headers.get('x-fenicia-page-of')).toBe(own)
    }
  })

  it('is for our own pages: not where the browser says that another site asks', async () => {
    const cookie = await cookieOf('owner')
    expect((await GET('/keys', cookie, { 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200)
    for (const site of ['cross-site', 'same-site', 'none', 'same-origin, cross-site']) {
      expect((await GET('/keys', cookie, { 'Sec-Fetch-Site': site })).status, site).toBe(401)
    }
  })

  it('authorizes no change, no verification, and is no key', async () => {
    const { id, token } = await api.makeKey(account, {})
    const headers = { Cookie: await cookieOf('owner') }
    const form = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' }
    const answers = [
      await api.call('POST', '/keys', { headers, body: { name: 'ERP', scopes: ['orders:read'] } }),
      await api.call('PATCH', `/keys/${id}`, { headers, body: { name: 'ERP' } }),
      await api.call('POST', `/keys/${id}/revoke`, { headers, body: {} }),
      await api.call('POST', `/keys/${id}/regenerate`, { headers, body: {} }),
      await api.call('POST', '/keys/verify', { headers, body: { token } }),
      await api.call('POST', '/introspect', { headers: form, body: `token=${token}` }),
      await api.call('GET', '/me', { headers }),
    ]
    expect(answers.map(codeOf)).toEqual(answers.map(() => [401, 'MISSING_AUTHORIZATION']))
  })

  it('does not help a key that is refused', async () => {
    const Cookie = await cookieOf('owner')
    expect((await api.call('GET', '/keys', { token: 'x', headers: { Cookie } })).status).toBe(401)
    const { token } = await api.makeKey(account, { scopes: ['orders:read'] })
    expect((await api.call('GET', '/keys', { token, headers: { Cookie } })).status).toBe(403)
  })

  it('that ended is no session', async () => {
    const cookie = await cookieOf('owner')
    await db
      .update(users)
      .set({ sessionVersion: 2 })
      .where(eq(users.id, `usr_${serial}`))
    for (const Cookie of [cookie, cookie.slice(0, -3), `${sessionCookie().name}=x`, 'other=1']) {
      expect(codeOf(await GET('/keys', Cookie))).toEqual([401, 'MISSING_AUTHORIZATION'])
    }
  })

  it('reads nothing where the account asks for a second factor that the person lacks, from the next call on', async () => {
    const cookie = await cookieOf('owner')
    expect((await GET('/keys', cookie)).status).toBe(200)
    await changePolicy(db, operatorActor(account), { secondFactorRequired: true })
    for (const path of ['/keys', '/credentials', '/integrations']) {
      const answer = await GET(path, cookie)
      expect(codeOf(answer)).toEqual([403, 'INSUFFICIENT_PERMISSIONS'])
      expect(JSON.stringify(answer.body)).toContain('asks its people for a second factor now')
    }
    // A key is no person.
    const { token } = await api.makeKey(account, { scopes: ['keys:read'] })
    expect((await api.call('GET', '/keys', { token })).status).toBe(200)
  })
})
