import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi, type TestKey } from '@/test/api'
import { startUpstream, type Upstream } from '@/test/upstream'
import { createToken } from '../api-keys'
import { operatorActor } from '../audit'
import { createCredential, credentialForm } from '../credentials'
import { credentialStore } from '../credentials/runtime'
import { createIntegration, integrationForm } from '../integrations'
import { listLeaks } from './read'

let service: Upstream
let api: TestApi
let account: string
let key: TestKey
let victim: TestKey
beforeAll(async () => {
  service = await startUpstream()
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1', FENICIA_LOG_LEVEL: 'error' })
  account = await api.makeAccount('Ana’s shop')
  key = await api.makeKey(account, { scopes: ['integrations:use'] })
  const id = await createCredential(
    credentialStore(),
    operatorActor(account),
    credentialForm.parse({
      type: 'bearer',
      name: 'ERP',
      hosts: [service.url],
      test: { url: `${service.url}/me` },
      secret: { token: 'a-token-of-the-service' },
    }),
  )
  await createIntegration(
    { db: api.runtime.database.db, policy: api.runtime.egress.policy },
    operatorActor(account),
    integrationForm.parse({
      name: 'ERP',
      slug: 'erp',
      credential_id: id,
      base_url: service.url,
      methods: ['GET', 'POST'],
    }),
  )
})
afterAll(async () => {
  await api.stop()
  await service.close()
})
beforeEach(async () => {
  service.forget()
  victim = await api.makeKey(account, {})
})

/** The sources of what is known of the victim, once all is written down. */
const seen = async () => {
  await api.runtime.leaks.flush()
  return (await listLeaks(api.runtime.database.db, account, victim.id)).map(({ source }) => source)
}
const works = async () => (await api.call('GET', '/me', { token: victim.token })).status === 200

describe('anybody who holds a token', () => {
  it('has it revoked, with no key of their own, and the next request with it is refused', async () => {
    expect(await works()).toBe(true)
    const { status, body } = await api.call('POST', '/leaks', {
      body: {
        tokens: [victim.token, createToken('live').token, 'nonsense'],
        source_url: 'https://paste.example.com/1f3a',
      },
    })
    expect([status, body]).toEqual([
      200,
      { data: [{ outcome: 'revoked' }, { outcome: 'unknown' }, { outcome: 'unknown' }] },
    ])
    expect(await works()).toBe(false)
    expect(await seen()).toEqual(['report'])
  })

  it('is told nothing more of it, and no answer has a token in it', async () => {
    const { text } = await api.call('POST', '/leaks', { body: { tokens: [victim.token] } })
    expect(text).toBe('{"data":[{"outcome":"revoked"}]}')
  })

  it('may not go on without end', async () => {
    const tokens = Array.from({ length: 100 }, () => 'x')
    const statuses = new Set<number>()
    for (let i = 0; i < 4; i++) statuses.add((await api.call('POST', '/leaks', { body: { tokens } })).status)
    expect([...statuses]).toEqual([200, 429])
    const refused = await api.call('POST', '/leaks', { body: { tokens } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('a token in a request to Fenicia is refused and flagged, and goes on working:', () => {
  const proxied = (path: string, call: object = {}) =>
    api.call('POST', `/integrations/erp/proxy/${path}`, { token: key.token, ...call })

  it.each<[where: string, send: (token: string) => Promise<{ status: number; text: string }>]>([
    ['in a query', (token) => api.call('GET', `/me?token=${token}`, { token: key.token })],
    ['in a query, percent-encoded', (token) => api.call('GET', `/me?t=${token.replace('fn_', '%66n%5F')}`)],
    ['in a path', (token) => api.call('GET', `/keys/${token}`, { token: key.token })],
    ['in the query of a call through an integration', (token) => proxied(`orders?key=${token}`)],
    ['in the path of a call through an integration', (token) => proxied(`orders/${token}`)],
  ])('%s', async (_, send) => {
    const { status, text } = await send(victim.token)
    expect(status).toBe(400)
    expect(text).toContain('TOKEN_IN_URL')
    expect(text).not.toContain(victim.token)
    expect(await seen()).toEqual(['url'])
    expect(service.received).toEqual([])
    expect(await works()).toBe(true)
  })

  it.each<[where: string, send: (token: string) => Promise<{ status: number; text: string }>]>([
    ['in a header for the service', (token) => proxied('orders', { headers: { 'X-Api-Key': token }, body: {} })],
    ['in a body for the service', (token) => proxied('orders', { body: { note: `ask with ${token}` } })],
    ['at the end of a large body', (token) => proxied('orders', { body: `${'x'.repeat(3_000_000)}${token}` })],
  ])('%s', async (_, send) => {
    const { status, text } = await send(victim.token)
    expect([status, text]).toEqual([400, expect.stringContaining('TOKEN_IN_REQUEST')])
    expect(await seen()).toEqual(['body'])
    expect(service.received.filter(({ body }) => body.includes(victim.token))).toEqual([])
    expect(await works()).toBe(true)
  })

  it('but what only looks like a token goes on to the service', async () => {
    const body = { note: `${victim.token.slice(0, -1)}${victim.token.endsWith('a') ? 'b' : 'a'}` }
    expect((await proxied('orders', { body })).status).toBe(200)
    expect(service.received.map((request) => request.body)).toEqual([JSON.stringify(body)])
  })

  it('and where tokens are asked about, they belong', async () => {
    const verifier = await api.makeKey(account, { scopes: ['keys:verify'] })
    await api.call('POST', '/keys/verify', { token: verifier.token, body: { token: victim.token } })
    expect(await seen()).toEqual([])
  })
})
