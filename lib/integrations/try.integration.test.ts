import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { startTestApi, type TestApi } from '@/test/api'
import { startUpstream, type Upstream } from '@/test/upstream'
import { operatorActor } from '../audit'
import { type Tried, tryInput, tryIntegration } from '.'
import { proxyDeps } from './runtime'
import { MAX_TIMEOUT_MS } from './schemas'

let api: TestApi
let upstream: Upstream
let account: string
let integration: string
beforeAll(async () => {
  upstream = await startUpstream()
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1' })
  account = await api.makeAccount('Palm Traders')
  const { token } = await api.makeKey(account, { scopes: ['credentials:*', 'integrations:*'] })
  const credential = { name: 'C', type: 'bearer', hosts: [upstream.url], secret: { token: 'canary-7hG2kQ9xLm4Tz' } }
  const made = await api.call('POST', '/credentials', { token, body: credential })
  const { id: credential_id } = made.body as { id: string }
  const body = { name: 'I', slug: 'slow', credential_id, base_url: upstream.url, timeout_ms: 5_000 }
  const used = await api.call('POST', '/integrations', { token, body })
  expect(used.status, used.text).toBe(201)
  integration = (used.body as { id: string }).id
})
afterAll(async () => {
  await api.stop()
  await upstream.close()
})
const drips = new Set<NodeJS.Timeout>()
afterEach(() => {
  vi.restoreAllMocks()
  for (const drip of drips) clearInterval(drip)
})

function tried(input: object = {}): Promise<Tried> {
  const parsed = tryInput.parse({ method: 'GET', path: '/x', ...input })
  return tryIntegration(proxyDeps(), operatorActor(account), integration, parsed)
}

/** Has time out soon what would after two minutes. */
function hurry(): void {
  const timeout = AbortSignal.timeout
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms === MAX_TIMEOUT_MS ? 600 : ms))
}

it('shows what came so far of a body that does not end, though each of its pieces comes in time', async () => {
  hurry()
  upstream.respond((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.write('first')
    drips.add(setInterval(() => response.write('.'), 100))
  })
  const answer = await tried()
  expect(answer).toMatchObject({ kind: 'answered', status: 200, truncated: true })
  expect(answer.kind === 'answered' && answer.body).toMatch(/^first\.+$/)
})

it('shows nothing of a body that the service breaks off', async () => {
  upstream.respond((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.write('first')
    setTimeout(() => response.destroy(), 100)
  })
  expect(await tried()).toMatchObject({ kind: 'answered', body: '', truncated: true })
})

it('does not wait longer for an answer that does not begin', async () => {
  hurry()
  upstream.respond(() => {})
  expect(await tried()).toMatchObject({ kind: 'problem', code: 'CALL_ENDED' })
})

it('sends no token of Fenicia to the service, wherever somebody has put it, as it does for no app', async () => {
  upstream.forget()
  const { token } = await api.makeKey(account, {})
  for (const input of [
    { path: `/x?key=${token}` },
    { path: `/${encodeURIComponent(token).replace('_', '%5F')}` },
    { method: 'POST', body: JSON.stringify({ key: token }) },
    { headers: [{ name: 'X-Api-Key', value: token }] },
  ]) {
    expect(await tried(input)).toMatchObject({ kind: 'problem', code: 'TOKEN_IN_REQUEST' })
  }
  expect(upstream.received).toEqual([])
})
