import { afterAll, expect, it } from 'vitest'
import { startTestApi } from '@/test/api'
import { checkEveryAnswer } from '@/test/api-contract'

const ORIGIN = 'https://app.example.org'
const open = await startTestApi({
  FENICIA_LOG_LEVEL: 'error',
  FENICIA_CORS_ORIGINS: `${ORIGIN},https://other.example.org`,
})
afterAll(() => open.stop())
const { token } = await open.makeKey(await open.makeAccount('Ana’s shop'), { scopes: ['keys:*'] })

const preflight = {
  'Access-Control-Request-Method': 'PATCH',
  'Access-Control-Request-Headers': 'authorization,content-type',
}
const corsHeaders = (headers: Headers) => [...headers].filter(([name]) => name.startsWith('access-control-'))
const strangers = [
  'https://evil.example.org',
  'http://app.example.org',
  `${ORIGIN}:8443`,
  `${ORIGIN}.evil.org`,
  'null',
  '*',
  ORIGIN.toUpperCase(),
]

it('lets pages of a configured origin ask beforehand what they may send', async () => {
  for (const path of ['/me', '/keys/key_1', '/introspect', `/me?token=${token}`]) {
    const answer = await open.call('OPTIONS', path, { headers: { Origin: ORIGIN, ...preflight } })
    expect([answer.status, answer.text]).toEqual([204, ''])
    checkEveryAnswer(answer)
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET,POST,PATCH,DELETE')
    expect(answer.headers.get('access-control-allow-headers')).toBe('Authorization,Content-Type')
    expect(answer.headers.get('vary')).toContain('Origin')
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false)
  }
})

it.each([
  ['an answer', 'GET', '/me', { token }, 200],
  ['HEAD', 'HEAD', '/me', { token }, 200],
  ['a refused key', 'GET', '/me', {}, 401],
  ['an address that is not there', 'GET', '/nowhere', {}, 404],
  ['a method that is not there', 'DELETE', '/me', {}, 405],
  ['a body that is too large', 'POST', '/keys', { token, body: 'x'.repeat(70_000) }, 413],
  ['malformed input', 'POST', '/keys', { token, body: {} }, 400],
  ['a token in the address', 'GET', `/keys?token=${token}`, {}, 400],
] as const)('lets pages of a configured origin read %s', async (_, method, path, call, status) => {
  const answer = await open.call(method, path, { ...call, headers: { Origin: ORIGIN } })
  expect(answer.status).toBe(status)
  checkEveryAnswer(answer)
  expect(corsHeaders(answer.headers)).toEqual([
    ['access-control-allow-origin', ORIGIN],
    [
      'access-control-expose-headers',
      'X-Request-Id,Retry-After,RateLimit,RateLimit-Policy,Location,Fenicia-Error,Fenicia-Integration',
    ],
  ])
  expect(answer.headers.get('vary')).toBe('Origin')
})

it('lets pages of a configured origin send any method and header through an integration, and read any', async () => {
  const path = '/integrations/erp/proxy/orders'
  const asked = {
    'Access-Control-Request-Method': 'PUT',
    'Access-Control-Request-Headers': 'authorization,idempotency-key',
  }
  const before = await open.call('OPTIONS', path, { headers: { Origin: ORIGIN, ...asked } })
  expect(before.status).toBe(204)
  expect(before.headers.get('access-control-allow-methods')?.split(',')).toContain('PUT')
  expect(before.headers.get('access-control-allow-headers')).toBe('authorization,idempotency-key')
  const after = await open.call('PUT', path, { token, headers: { Origin: ORIGIN } })
  expect(corsHeaders(after.headers)).toEqual([
    ['access-control-allow-origin', ORIGIN],
    ['access-control-expose-headers', '*'],
  ])
})

it('answers OPTIONS that asks for no leave as everybody else is answered', async () => {
  const ofApi = await open.call('OPTIONS', '/keys', { headers: { Origin: ORIGIN } })
  expect([ofApi.status, ofApi.headers.get('allow')]).toEqual([204, 'GET, HEAD, POST, OPTIONS'])
  // The service's to answer, for a key that may use the integration.
  const through = await open.call('OPTIONS', '/integrations/erp/proxy/orders', { token, headers: { Origin: ORIGIN } })
  expect([through.status, through.headers.get('fenicia-error')]).toEqual([403, 'INSUFFICIENT_PERMISSIONS'])
  for (const { headers } of [ofApi, through]) expect(headers.get('access-control-allow-origin')).toBe(ORIGIN)
})

it.each(strangers)('tells pages of %s nothing', async (origin) => {
  for (const [method, headers] of [
    ['OPTIONS', preflight],
    ['GET', {}],
  ] as const) {
    const answer = await open.call(method, '/me', { token, headers: { Origin: origin, ...headers } })
    checkEveryAnswer(answer)
    expect(corsHeaders(answer.headers)).toEqual([])
  }
})
