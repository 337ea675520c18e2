import { eq } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { auditEvents } from '@/db/schema'
import { type Answer, startTestApi, type TestKey } from '@/test/api'
import { Contract, callsOf } from '@/test/api-contract'
import { openApiDocument } from './index'
import type { KeyResource } from './resources'

// What a key may do to keys.

const api = await startTestApi({ FENICIA_LOG_LEVEL: 'error' })
afterAll(() => api.stop())
const { db } = api.runtime.database
const contract = new Contract(openApiDocument())
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

let account: string
beforeEach(async () => {
  account = await api.makeAccount('Ana’s shop')
})

const call = callsOf(api, contract)
const codeOf = ({ status, body }: Answer) => [status, (body as { code?: string }).code]
const DENIED = [403, 'INSUFFICIENT_PERMISSIONS']
const issuedBy = ({ body }: Answer) => body as KeyResource & { token: string }

describe('a key that makes keys', () => {
  it('shows the token once, in the answer that makes it', async () => {
    const maker = await api.makeKey(account, { scopes: ['keys:*', 'orders:*'] })
    const created = await call('createKey', maker.token, { body: { name: 'ERP', scopes: ['orders:read'] } })
    const { id, token } = issuedBy(created)
    expect(created.headers.get('location')).toBe(`/api/v1/keys/${id}`)
    const regenerated = await call('regenerateKey', maker.token, { id, body: { overlap: '1h' } })
    const later = [
      await call('getKey', maker.token, { id }),
      await call('listKeys', maker.token),
      await call('getKey', maker.token, { id: issuedBy(regenerated).id }),
      await call('revokeKey', maker.token, { id, body: {} }),
    ]
    for (const { text } of later) {
      for (const shown of [token, issuedBy(regenerated).token]) expect(text).not.toContain(shown.slice(12, -4))
    }
    const events = JSON.stringify(await db.select().from(auditEvents).where(eq(auditEvents.accountId, account)))
    expect(events).toContain('api_key.created')
    expect(events).not.toContain(token.slice(12, -4))
  })

  it('keeps who made it, and says so', async () => {
    const maker = await api.makeKey(account, { name: 'Maker', scopes: ['keys:create', 'keys:read', 'orders:*'] })
    const { id } = issuedBy(await call('createKey', maker.token, { body: { name: 'ERP', scopes: ['orders:*'] } }))
    const { body } = await call('getKey', maker.token, { id })
    expect(body).toMatchObject({ created_by: { type: 'key', id: maker.id, name: 'Maker' }, last_used: null })
  })

  it.each([
    ['a scope', { scopes: ['orders:read', 'products:read'] }, 'scopes'],
    ['all of a resource', { scopes: ['orders:*'] }, 'scopes'],
    ['the live environment', { environment: 'live' }, 'environment'],
    ['a life without end', { expires_at: null }, 'expires_at'],
    ['a longer life', { expires_at: inDays(11) }, 'expires_at'],
  ])('cannot grant %s that it does not have', async (_, wanted, field) => {
    const scopes = ['keys:create', 'orders:read']
    const maker = await api.makeKey(account, { environment: 'test', scopes, expires_at: inDays(10) })
    const good = { name: 'ERP', environment: 'test', scopes: ['orders:read'], expires_at: inDays(9) }
    const body = { ...good, ...wanted }
    const answer = await call('createKey', maker.token, { body })
    expect(codeOf(answer)).toEqual(DENIED)
    expect((answer.body as { errors: { field: string }[] }).errors.map((one) => one.field)).toEqual([field])
    expect((await call('createKey', maker.token, { body: good })).status).toBe(201)
  })

  it.each([
    ['scopes', { scopes: ['orders:read', 'products:read'], expires_at: inDays(5) }],
    ['a longer life', { scopes: ['orders:read'], expires_at: inDays(20) }],
    ['no end', { scopes: ['orders:read'] }],
  ])('cannot come by %s that it does not have through regenerating a key that has them', async (_, input) => {
    const manager = await api.makeKey(account, { scopes: ['keys:manage', 'orders:read'], expires_at: inDays(10) })
    const strong = await api.makeKey(account, input)
    expect(codeOf(await call('regenerateKey', manager.token, { id: strong.id, body: {} }))).toEqual(DENIED)
    expect((await api.call('GET', '/me', { token: strong.token })).status).toBe(200)
  })

  it('can regenerate itself', async () => {
    const self = await api.makeKey(account, { scopes: ['keys:manage'], expires_at: inDays(10) })
    const answer = await call('regenerateKey', self.token, { id: self.id, body: {} })
    expect(answer.status).toBe(201)
    expect((await api.call('GET', '/me', { token: self.token })).status).toBe(401)
    expect((await api.call('GET', '/me', { token: issuedBy(answer).token })).status).toBe(200)
    expect(codeOf(await call('regenerateKey', issuedBy(answer).token, { id: self.id, body: {} }))).toEqual([
      409,
      'ALREADY_REGENERATED',
    ])
  })

  it('can revoke itself, is told so, and is out', async () => {
    const self = await api.makeKey(account, { scopes: ['keys:manage'] })
    const answer = await call('revokeKey', self.token, { id: self.id, body: { reason: 'done' } })
    expect(answer.body).toMatchObject({ status: 'revoked', revoked: { reason: 'done' } })
    expect((await call('getMe', self.token)).status).toBe(401)
  })

  it('finds a key in a state that does not allow it', async () => {
    const { token } = await api.makeKey(account, { scopes: ['keys:*', 'orders:*'] })
    const { id } = await api.makeKey(account, {})
    await call('revokeKey', token, { id, body: {} })
    expect(codeOf(await call('changeKey', token, { id, body: { name: 'ERP' } }))).toEqual([409, 'KEY_NOT_ACTIVE'])
    expect(codeOf(await call('regenerateKey', token, { id, body: {} }))).toEqual([409, 'KEY_NOT_ACTIVE'])
    expect((await call('revokeKey', token, { id, body: {} })).status).toBe(200)
  })
})

describe('a test key', () => {
  let test: TestKey
  let live: TestKey
  beforeEach(async () => {
    test = await api.makeKey(account, { environment: 'test', scopes: ['keys:*', 'orders:*'] })
    live = await api.makeKey(account, { name: 'Live', scopes: ['orders:read'] })
  })

  it('sees test keys only', async () => {
    const { body } = await call('listKeys', test.token)
    expect(body).toMatchObject({ total: 1, data: [{ id: test.id }] })
    expect((await api.call('GET', '/keys?environment=live&status=all', { token: test.token })).body).toMatchObject({
      total: 0,
    })
  })

  it.each(['getKey', 'changeKey', 'pauseKey', 'resumeKey', 'revokeKey', 'regenerateKey'])(
    'does not find a live key to %s',
    async (operationId) => {
      const body = { changeKey: { name: 'Mine' }, revokeKey: {}, regenerateKey: {} }[operationId]
      expect(codeOf(await call(operationId, test.token, { id: live.id, body }))).toEqual([404, 'NOT_FOUND'])
      expect((await api.call('GET', '/me', { token: live.token })).body).toMatchObject({ key: { name: 'Live' } })
    },
  )

  it('does not know a live token', async () => {
    const { body } = await call('verifyKey', test.token, { body: { token: live.token } })
    expect(body).toEqual({ valid: false, reason: 'unknown', missing_scopes: [], limits: null, key: null })
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    expect((await call('introspectToken', test.token, { body: `token=${live.token}`, headers })).text).toBe(
      '{"active":false}',
    )
  })
})
