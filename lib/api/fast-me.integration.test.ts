import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Answer, startTestApi, type TestApi, type TestKey } from '@/test/api'
import { createToken } from '../api-keys/token'

// GET /me has a way of its own through the server. A query makes the same call go the way of all others.

let api: TestApi
let accountId: string
beforeAll(async () => {
  api = await startTestApi()
  accountId = await api.makeAccount('Tyre')
})
afterAll(() => api.stop())

const keyWith = async (change: Parameters<TestApi['alterKey']>[1]): Promise<TestKey> => {
  const key = await api.makeKey(accountId, { scopes: ['orders:read', 'keys:read'] })
  if (Object.keys(change).length > 0) await api.alterKey(key.id, change)
  return key
}
const past = new Date(Date.now() - 1_000)
const future = new Date(Date.now() + 3_600_000)

const requests: [what: string, headers: () => Promise<Record<string, string>>][] = [
  ['no Authorization', async () => ({})],
  ['another scheme', async () => ({ Authorization: 'Basic abc' })],
  ['the scheme in other letters', async () => bearer(await keyWith({}), 'bEARER ')],
  ['a malformed token', async () => ({ Authorization: 'Bearer nonsense' })],
  ['an over-long header', async () => ({ Authorization: `Bearer ${'x'.repeat(2_000)}` })],
  ['a token that nobody was given', async () => ({ Authorization: `Bearer ${createToken('live').token}` })],
  ['an active key', async () => bearer(await keyWith({}))],
  ['a key that expires', async () => bearer(await keyWith({ expiresAt: future }))],
  ['a test key', async () => bearer(await api.makeKey(accountId, { environment: 'test' }))],
  ['a key with a name beyond ASCII', async () => bearer(await keyWith({ name: 'Ключ «Θ» 🗝' }))],
  ['a retiring key', async () => bearer(await keyWith({ retiresAt: future }))],
  ['a revoked key', async () => bearer(await keyWith({ revokedAt: past }))],
  ['an expired key', async () => bearer(await keyWith({ expiresAt: past }))],
  ['a retired key', async () => bearer(await keyWith({ retiresAt: past }))],
]

function bearer({ token }: TestKey, scheme = 'Bearer ') {
  return { Authorization: scheme + token }
}

describe('the fast way of GET /me', () => {
  it.each(requests)('answers %s as every other way does', async (_what, headersOf) => {
    const headers = await headersOf()
    const fast = await api.call('GET', '/me', { headers })
    const usual = await api.call('GET', '/me?', { headers })
    expect(comparable(fast)).toEqual(comparable(usual))
    expect(fast.headers.get('x-request-id')).not.toBe(usual.headers.get('x-request-id'))
  })

  it('refuses two Authorization headers as every other way does', async () => {
    const { token } = await keyWith({})
    const raw = (path: string) =>
      api.sendRaw(
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
      )
    const [fast, usual] = await Promise.all([raw('/api/v1/me'), raw('/api/v1/me?')])
    const withoutVariables = (text: string) => text.replaceAll(/req_[0-9a-f]{32}|^Date: .*$/gim, '')
    expect(fast).toContain('401 Unauthorized')
    expect(withoutVariables(fast).split('\r\n').sort()).toEqual(withoutVariables(usual).split('\r\n').sort())
  })

  it('tells of a key that was told before what it is by now', async () => {
    const key = await keyWith({})
    await api.call('GET', '/me', { token: key.token })
    const changes = [{ name: 'Renamed' }, { scopes: ['orders:write'] }, { expiresAt: future }] as const
    for (const change of changes) {
      await api.alterKey(key.id, change as never)
      const { text } = await api.call('GET', '/me', { token: key.token })
      expect(text).toBe((await api.call('GET', '/me?', { token: key.token })).text)
      expect(text).toContain(JSON.stringify(Object.values(change)[0]))
    }
  })

  it('notes the use, and where it came from', async () => {
    const key = await keyWith({})
    const record = vi.spyOn(api.runtime.usage, 'record')
    await api.call('GET', '/me', { token: key.token, headers: { 'User-Agent': 'gateway/1.0' } })
    expect(record).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ id: key.id, accountId }),
      { address: '127.0.0.1', userAgent: 'gateway/1.0' },
      [],
    )
    record.mockRestore()
  })
})

function comparable({ status, headers, text }: Answer) {
  const own = Object.fromEntries([...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id'))
  return { status, headers: own, text: text.replace(/req_[0-9a-f]{32}/, '') }
}
