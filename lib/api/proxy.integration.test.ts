import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '@/test/api'

const CANARY = 'canary-7hG2kQ9xLm4Tz'

let api: TestApi
let account: string
let token: string
let upstream: Server
let base: string
/** What reached the service. */
let seen: { request: IncomingMessage; body: string }[]

beforeAll(async () => {
  upstream = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ request, body })
    response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': 'a=b', 'x-echo': `key ${CANARY}` })
    response.end(JSON.stringify({ path: request.url, body }))
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1' })
  account = await api.makeAccount('Phoenix Traders')
  const scopes = ['credentials:*', 'integrations:*']
  ;({ token } = await api.makeKey(account, { name: 'Everything', scopes }))
})
afterAll(async () => {
  await api.stop()
  upstream.close()
})
beforeEach(() => {
  seen = []
})

let serial = 0
async function make(credential: Record<string, unknown>, integration: Record<string, unknown> = {}) {
  serial += 1
  const made = await api.call('POST', '/credentials', {
    token,
    body: { name: `C${serial}`, hosts: [base], ...credential },
  })
  expect(made.status, made.text).toBe(201)
  expect(made.text).not.toContain(CANARY)
  const { id } = made.body as { id: string }
  const slug = `s${serial}`
  const used = await api.call('POST', '/integrations', {
    token,
    body: { name: `I${serial}`, slug, credential_id: id, base_url: `${base}/v1`, ...integration },
  })
  expect(used.status, used.text).toBe(201)
  return { credentialId: id, integrationId: (used.body as { id: string }).id, slug }
}

describe('a call through an integration', () => {
  it.each([
    ['bearer', { type: 'bearer', secret: { token: CANARY } }, { authorization: `Bearer ${CANARY}` }],
    [
      'API key in a header',
      { type: 'api_key', placement: { in: 'header', name: 'X-Key', prefix: 'Tok ' }, secret: { key: CANARY } },
      { 'x-key': `Tok ${CANARY}` },
    ],
    [
      'basic',
      { type: 'basic', secret: { username: 'ñandú', password: CANARY } },
      { authorization: `Basic ${Buffer.from(`ñandú:${CANARY}`).toString('base64')}` },
    ],
    [
      'custom headers',
      { type: 'headers', headers: ['X-App', 'X-Secret'], secret: { 'X-App': 'one-two-three', 'X-Secret': CANARY } },
      { 'x-app': 'one-two-three', 'x-secret': CANARY },
    ],
  ])('is sent with the credential: %s', async (_, credential, headers) => {
    const { slug } = await make(credential)
    const answer = await api.call('POST', `/integrations/${slug}/proxy/orders/1?a=%20b`, {
      token,
      headers: { 'x-key': 'mine', 'x-mine': 'yes', cookie: 'session=1' },
      body: { hello: 'world' },
    })
    expect(answer.status, answer.text).toBe(201)
    expect(answer.body).toEqual({ path: '/v1/orders/1?a=%20b', body: '{"hello":"world"}' })
    const [sent] = seen
    expect(sent?.request.headers).toMatchObject({ ...headers, 'x-mine': 'yes' })
    expect(JSON.stringify(sent?.request.rawHeaders)).not.toContain('fn_live_')
    expect(sent?.request.headers.cookie).toBeUndefined()
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(answer.headers.get('x-echo')).toBeNull()
    expect(answer.headers.get('fenicia-integration')).toBe(slug)
  })

  it('puts an API key into the query, in the place of the caller’s', async () => {
    const { slug } = await make({
      type: 'api_key',
      placement: { in: 'query', name: 'api_key' },
      secret: { key: CANARY },
    })
    await api.call('GET', `/integrations/${slug}/proxy/x?api_key=mine&b=1`, { token })
    expect(seen[0]?.request.url).toBe(`/v1/x?b=1&api_key=${CANARY}`)
  })

  it('is refused as too long where the credential in the query makes it so', async () => {
    const { slug } = await make({
      type: 'api_key',
      placement: { in: 'query', name: 'api_key' },
      secret: { key: CANARY },
    })
    const call = (length: number) => api.call('GET', `/integrations/${slug}/proxy/x?b=${'b'.repeat(length)}`, { token })
    const room = 8_192 - `${base}/v1/x?b=`.length
    const refused = await call(room)
    expect(refused).toMatchObject({ status: 400, body: { code: 'validation:invalid_value' } })
    expect(refused.text).toContain('longer than 8192 characters')
    expect((await call(room - `&api_key=${CANARY}`.length)).status).toBe(201)
    expect(seen).toHaveLength(1)
  })

  it.each([
    ['a climbing path', '/proxy/%2e%2e/admin', 400, 'validation:invalid_value'],
    ['a path that is not among its patterns', '/proxy/refunds', 403, 'PATH_NOT_ALLOWED'],
  ])('is refused: %s', async (_, path, status, code) => {
    const { slug } = await make({ type: 'bearer', secret: { token: CANARY } }, { paths: ['/orders/**'] })
    const answer = await api.sendRaw(
      `GET /api/v1/integrations/${slug}${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
    )
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).toContain(`"code":"${code}"`)
    expect(answer).toContain(`Fenicia-Error: ${code}`)
    expect(seen).toEqual([])
  })
})
