import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { startTestApi, type TestApi } from '@/test/api'
import { startUpstream, type Upstream } from '@/test/upstream'
import { operatorActor } from '../audit'
import { rekeyAccount } from '../vault/maintenance'
import { type Tried, tryInput, tryIntegration } from '.'
import { proxyDeps } from './runtime'

const SECRET = 'canary-7hG2kQ9xLm4Tz'

let api: TestApi
let upstream: Upstream
let account: string
let token: string
let credential: string
let integration: string
beforeAll(async () => {
  upstream = await startUpstream()
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1' })
})
afterAll(async () => {
  await api.stop()
  await upstream.close()
})
beforeEach(async () => {
  upstream.forget()
  account = await api.makeAccount('Palm Traders')
  ;({ token } = await api.makeKey(account, { scopes: ['credentials:*', 'integrations:*'] }))
  const made = { name: 'C', type: 'bearer', hosts: [upstream.url], secret: { token: SECRET } }
  credential = await create('/credentials', made)
  integration = await create('/integrations', {
    name: 'I',
    slug: 'erp',
    credential_id: credential,
    base_url: upstream.url,
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

async function create(path: string, body: object): Promise<string> {
  const made = await api.call('POST', path, { token, body })
  expect(made.status, made.text).toBe(201)
  return (made.body as { id: string }).id
}

/** A call for which something happens once the integration was looked up, and all secrets of its account are sealed anew. */
async function callWhile(happen: () => Promise<unknown>): Promise<Tried> {
  const deps = proxyDeps()
  const find = deps.uses.find.bind(deps.uses)
  vi.spyOn(deps.uses, 'find').mockImplementationOnce(async (...asked) => {
    const use = await find(...asked)
    await happen()
    await rekeyAccount(deps.db, deps.vault, account, () => {})
    // As if it were another instance that has done it.
    deps.vault.dataKeys.forget()
    return use
  })
  return tryIntegration(deps, operatorActor(account), integration, tryInput.parse({ method: 'GET', path: '/x' }))
}

it('goes on with a secret that is sealed anew while it is called with', async () => {
  expect(await callWhile(async () => {})).toMatchObject({ kind: 'answered', status: 200 })
  expect(upstream.received.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${SECRET}`])
})

it('sends no other secret than the one that it was looked up with, which may be meant for another host', async () => {
  const change = async () => {
    const body = { secret: { token: 'another-9xLm4Tz7hG2kQ' } }
    const changed = await api.call('PATCH', `/credentials/${credential}`, { token, body })
    expect(changed.status, changed.text).toBe(200)
  }
  expect(await callWhile(change)).toMatchObject({ kind: 'problem', code: 'CREDENTIAL_BUSY' })
  expect(upstream.connections()).toBe(0)
})

it('answers as for a deleted credential where it is deleted meanwhile', async () => {
  const remove = () => api.call('DELETE', `/credentials/${credential}?even_if_used=true`, { token })
  expect(await callWhile(remove)).toMatchObject({ kind: 'problem', code: 'INTEGRATION_INCOMPLETE' })
  expect(upstream.connections()).toBe(0)
})

it('asks for another token once where the service refuses each, and not at every call', async () => {
  let asked = 0
  let isRefused = true
  upstream.respond(({ target, headers }, response) => {
    if (target === '/token') {
      asked += 1
      const answer = { access_token: `at-7hG2kQ9x-${asked}`, token_type: 'bearer', expires_in: 3_600 }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    } else response.writeHead(isRefused ? 401 : 200).end(headers.authorization)
  })
  const ofClient = {
    name: 'O',
    type: 'oauth2',
    token_url: `${upstream.url}/token`,
    client_id: 'fenicia',
    hosts: [upstream.url],
    secret: { client_secret: 'canary-3kQ9xLm4Tz7hG2' },
  }
  const made = await create('/credentials', ofClient)
  await create('/integrations', { name: 'O', slug: 'scopes', credential_id: made, base_url: upstream.url })
  const call = () => api.call('GET', '/integrations/scopes/proxy/orders', { token })
  for (const _ of [1, 2, 3]) expect((await call()).status).toBe(401)
  expect(asked).toBe(2)
  // Of tokens that have come since, nobody knows that yet.
  const renewed = await api.call('POST', `/credentials/${made}/renew`, { token })
  expect(renewed.status, renewed.text).toBe(200)
  expect((await call()).status).toBe(401)
  expect(asked).toBe(4)
  isRefused = false
  expect((await call()).text).toBe('Bearer at-7hG2kQ9x-4')
})
