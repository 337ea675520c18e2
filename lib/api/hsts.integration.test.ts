import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '@/test/api'
import { createToken } from '../api-keys/token'
import { apiFetch } from '.'

const HSTS = 'max-age=31536000'

const upstream = createServer((_, response) => {
  // What a service says of its own host is not Fenicia's; what it says twice stays twice.
  response.writeHead(200, ['Strict-Transport-Security', 'max-age=1', 'X-Twice', 'a', 'X-Twice', 'b']).end('ok')
})
let base: string
beforeAll(async () => {
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
})
afterAll(() => upstream.close())

describe.each([
  ['https://fenicia.example.com', HSTS],
  ['http://localhost:3000', null],
])('answers of the API at %s', (url, expected) => {
  let api: TestApi
  let token: string
  beforeAll(async () => {
    api = await startTestApi({ FENICIA_URL: url, FENICIA_EGRESS_ALLOW: '127.0.0.1' })
    const account = await api.makeAccount('Phoenix Traders')
    ;({ token } = await api.makeKey(account, { scopes: ['credentials:*', 'integrations:*'] }))
    const credential = { name: 'C', type: 'bearer', hosts: [base], secret: { token: 'canary-3fT8wQ1zLm9Vx' } }
    const { id } = (await api.call('POST', '/credentials', { token, body: credential })).body as { id: string }
    const integration = { name: 'I', slug: 'i', credential_id: id, base_url: base }
    await api.call('POST', '/integrations', { token, body: integration })
  })
  afterAll(() => api.stop())

  it.each([
    ['GET', '/me'],
    ['GET', '/integrations'],
    ['GET', '/integrations/i/proxy/x'],
    ['GET', '/nothing'],
    ['GET', '/openapi.json'],
    ['OPTIONS', '/me'],
  ])('have the browser keep to https where that is the public address: %s %s', async (method, path) => {
    const { headers } = await api.call(method, path, { token })
    expect(headers.get('strict-transport-security')).toBe(expected)
    if (path.includes('/proxy/')) expect(headers.get('x-twice')).toBe('a, b')
  })

  it.each([undefined, 'nonsense', createToken('live').token])('also of a caller who is refused: %s', async (token) => {
    const { status, headers } = await api.call('GET', '/me', { token })
    expect([status, headers.get('strict-transport-security')]).toEqual([401, expected])
  })

  it('on the portable mount too', async () => {
    const answer = await apiFetch(new Request(`${url}/api/v1/me`), {})
    expect(answer.headers.get('strict-transport-security')).toBe(expected)
  })
})
