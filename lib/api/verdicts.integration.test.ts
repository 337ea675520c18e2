import { eq } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { apiKeys, apiKeyUses } from '@/db/schema'
import { type Answer, startTestApi, type TestKey } from '@/test/api'
import { Contract, callsOf } from '@/test/api-contract'
import { regenerateApiKey, regenerateKeyInput } from '../api-keys'
import { operatorActor } from '../audit'
import { openApiDocument } from './index'

// What is said of a token, and to whom.

const api = await startTestApi({ FENICIA_LOG_LEVEL: 'error' })
afterAll(() => api.stop())
const { db } = api.runtime.database
const contract = new Contract(openApiDocument())

let account: string
beforeEach(async () => {
  account = await api.makeAccount('Ana’s shop')
})

const call = callsOf(api, contract)
const codeOf = ({ status, body }: Answer) => [status, (body as { code?: string }).code]
const DENIED = [403, 'INSUFFICIENT_PERMISSIONS']

describe('the verdict on a token', () => {
  /** A token for each reason. */
  async function tokens() {
    const other = await api.makeAccount('Another shop')
    const scopes = ['orders:read']
    const [good, expired, revoked, retired, retiring] = (await Promise.all(
      [1, 2, 3, 4, 5].map(() => api.makeKey(account, { scopes })),
    )) as [TestKey, TestKey, TestKey, TestKey, TestKey]
    await api.alterKey(expired.id, { expiresAt: new Date(Date.now() - 1000) })
    await api.alterKey(revoked.id, { revokedAt: new Date() })
    await regenerateApiKey(db, operatorActor(account), retired.id, regenerateKeyInput.parse({}))
    await regenerateApiKey(db, operatorActor(account), retiring.id, regenerateKeyInput.parse({ overlap: '1h' }))
    const foreign = await api.makeKey(other, { scopes })
    return { good, expired, revoked, retired, retiring, foreign }
  }

  it.each([
    ['good', null],
    ['retiring', null],
    ['expired', 'expired'],
    ['revoked', 'revoked'],
    ['retired', 'retired'],
    ['foreign', 'unknown'],
  ] as const)('that is %s has the reason %s, as body and as status', async (name, reason) => {
    const { token } = await api.makeKey(account, { scopes: ['keys:verify'] })
    const subject = (await tokens())[name]
    const body = { token: subject.token, scopes: ['orders:read'] }
    const { status, body: verdict } = await call('verifyKey', token, { body })
    expect(status).toBe(200)
    expect(verdict).toMatchObject({ valid: reason === null, reason, missing_scopes: [] })
    expect((verdict as { key: unknown }).key === null).toBe(reason === 'unknown')

    const asStatus = await call('verifyKey', token, { body: { ...body, answer: 'status' } })
    expect(codeOf(asStatus)).toEqual(reason === null ? [200, undefined] : [401, 'INVALID_API_KEY'])
  })

  it('that lacks a scope names it, and is 403 as status', async () => {
    const { token } = await api.makeKey(account, { scopes: ['keys:verify'] })
    const subject = await api.makeKey(account, { scopes: ['orders:read', 'products:*'] })
    const body = { token: subject.token, scopes: ['orders:read', 'products:update', 'orders:*', 'customers:read'] }
    const { body: verdict } = await call('verifyKey', token, { body })
    expect(verdict).toMatchObject({
      valid: false,
      reason: 'missing_scope',
      missing_scopes: ['orders:*', 'customers:read'],
    })
    const asStatus = await call('verifyKey', token, { body: { ...body, answer: 'status' } })
    expect(codeOf(asStatus)).toEqual(DENIED)
    expect(asStatus.headers.get('www-authenticate')).toContain('scope="orders:* customers:read"')
  })

  it.each(['', 'x', 'fn_live_', 'null', '\0', '\ud800', 'é'.repeat(500)])('that is %j is unknown', async (subject) => {
    const { token } = await api.makeKey(account, { scopes: ['keys:verify'] })
    expect((await call('verifyKey', token, { body: { token: subject } })).body).toMatchObject({
      valid: false,
      reason: 'unknown',
    })
  })

  it('of introspection says nothing more of a token that is not active', async () => {
    const { token } = await api.makeKey(account, { scopes: ['keys:verify'] })
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const subjects = await tokens()
    for (const [name, subject] of Object.entries({ ...subjects, none: { token: 'x' }, empty: { token: '' } })) {
      const { text } = await call('introspectToken', token, {
        body: `token=${subject.token}&token_type_hint=other`,
        headers,
      })
      const isActive = name === 'good' || name === 'retiring'
      expect([name, text === '{"active":false}']).toEqual([name, !isActive])
    }
  })

  it('of introspection tells when the token ends: at the end of an overlap, where that comes first', async () => {
    const { token } = await api.makeKey(account, { scopes: ['keys:verify'] })
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const nextYear = new Date(Math.floor(Date.now() / 1000) * 1000 + 365 * 86_400_000)
    for (const expiresAt of [null, nextYear]) {
      const subject = await api.makeKey(account, { scopes: ['orders:read'], expires_at: expiresAt?.toISOString() })
      const exp = async () => {
        const { body } = await call('introspectToken', token, { body: `token=${subject.token}`, headers })
        return (body as { exp?: number }).exp
      }
      expect(await exp()).toBe(expiresAt ? expiresAt.getTime() / 1000 : undefined)
      await regenerateApiKey(db, operatorActor(account), subject.id, regenerateKeyInput.parse({ overlap: '1h' }))
      const [old] = await db.select({ at: apiKeys.retiresAt }).from(apiKeys).where(eq(apiKeys.id, subject.id))
      expect(await exp()).toBe(Math.floor((old?.at?.getTime() ?? 0) / 1000))
    }
  })

  it('counts as a use of the token only when it is good', async () => {
    const { token } = await api.makeKey(account, { scopes: ['keys:verify'] })
    const subjects = await tokens()
    for (const { token: subject } of Object.values(subjects))
      await call('verifyKey', token, { body: { token: subject } })
    await api.runtime.usage.flush()
    const used = (await db.select({ id: apiKeyUses.keyId }).from(apiKeyUses)).map(({ id }) => id)
    expect(used).toEqual(expect.arrayContaining([subjects.good.id, subjects.retiring.id]))
    for (const { id } of [subjects.expired, subjects.revoked, subjects.retired, subjects.foreign])
      expect(used).not.toContain(id)
  })
})

describe('a client with HTTP Basic', () => {
  const introspect = async (authorization: string, subject: string) => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: authorization }
    const answer = await api.call('POST', '/introspect', { headers, body: `token=${subject}` })
    contract.check('introspectToken', answer)
    return answer
  }
  const basic = (id: string, secret: string, scheme = 'Basic') =>
    `${scheme} ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  const formEncoded = (text: string) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')

  it('is let in with the key’s id and token, form-encoded or not, in any letter case of the scheme', async () => {
    const { id, token } = await api.makeKey(account, { name: 'Gateway', scopes: ['keys:verify'] })
    for (const header of [basic(id, token), basic(id, token, 'bASIC'), basic(formEncoded(id), formEncoded(token))]) {
      const { body } = await introspect(header, token)
      expect(body).toEqual({
        active: true,
        scope: 'keys:verify',
        client_id: id,
        username: 'Gateway',
        token_type: 'Bearer',
        sub: account,
        iss: api.runtime.config.url,
        environment: 'live',
      })
    }
  })

  it.each([
    ['a wrong id', (key: TestKey) => basic('key_1', key.token), 'INVALID_API_KEY'],
    ['a wrong token', (key: TestKey) => basic(key.id, 'x'), 'INVALID_API_KEY'],
    ['no token', (key: TestKey) => basic(key.id, ''), 'INVALID_API_KEY'],
    ['no id', (key: TestKey) => basic('', key.token), 'INVALID_AUTHORIZATION_FORMAT'],
    ['no colon', (key: TestKey) => `Basic ${btoa(key.token)}`, 'INVALID_AUTHORIZATION_FORMAT'],
    ['nothing', () => 'Basic', 'INVALID_AUTHORIZATION_FORMAT'],
    ['no Base64', () => 'Basic ***', 'INVALID_AUTHORIZATION_FORMAT'],
    ['broken percent-encoding', () => basic('%', '%zz'), 'INVALID_AUTHORIZATION_FORMAT'],
    ['a long header', () => basic('a'.repeat(900), 'b'), 'INVALID_AUTHORIZATION_FORMAT'],
  ])('is refused with %s, is challenged as Basic, and has used no key', async (_, header, code) => {
    const key = await api.makeKey(account, { scopes: ['keys:verify'] })
    const answer = await introspect(header(key), key.token)
    expect(codeOf(answer)).toEqual([401, code])
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Fenicia"')
    expect(answer.text).not.toContain(key.token.slice(8))
    await api.runtime.usage.flush()
    expect(await db.select().from(apiKeyUses).where(eq(apiKeyUses.keyId, key.id))).toEqual([])
  })

  it('is refused without the scope, and once the key is revoked', async () => {
    const { id, token } = await api.makeKey(account, { scopes: ['orders:read'] })
    expect(codeOf(await introspect(basic(id, token), token))).toEqual(DENIED)
    await api.alterKey(id, { revokedAt: new Date() })
    expect(codeOf(await introspect(basic(id, token), token))).toEqual([401, 'INVALID_API_KEY'])
  })
})
