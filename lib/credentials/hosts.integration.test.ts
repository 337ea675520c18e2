import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '@/test/api'
import { checkEveryAnswer } from '@/test/api-contract'
import { type OAuthServer, startOAuthServer } from '@/test/oauth-provider'
import { startUpstream, type Upstream } from '@/test/upstream'
import { type Actor, operatorActor } from '../audit'
import { isRefusal } from '../errors'
import { parseInput } from '../input'
import { createIntegration, integrationChanges, integrationForm, updateIntegration } from '../integrations'
import { openTokens } from '../oauth/stored-tokens'
import { credentialChanges, credentialForm, renewDueCredentials, testCredential, testForm, updateCredential } from '.'
import { findCredential } from './base'
import { credentialStore } from './runtime'
import { changedForm } from './save'

// Whoever may edit a credential or an integration must not be able to have a stored secret sent to a server of his own.

const CANARY = 'canary-Ho5tRu1e-7Zq'
const scopes = ['credentials:*', 'integrations:*']

let api: TestApi
/** Whose the secret is. */
let home: Upstream
/** Whose it is not. */
let thief: Upstream
let account: string
let token: string
let actor: Actor & { id: string }
let serial = 0

beforeAll(async () => {
  home = await startUpstream()
  thief = await startUpstream()
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.0/8,localhost,shop.example.com' })
})
afterAll(async () => {
  await api.stop()
  await home.close()
  await thief.close()
})
// An account of its own for each, since an account may not test often.
beforeEach(async () => {
  home.forget()
  thief.forget()
  account = await api.makeAccount('Arwad Ships')
  ;({ token } = await api.makeKey(account, { scopes }))
  actor = { ...operatorActor(account), id: 'usr_1' }
})

type Fields = Record<string, unknown>

async function call(method: string, path: string, body?: unknown) {
  const answer = await api.call(method, path, { token, body })
  checkEveryAnswer(answer)
  expect(answer.text).not.toContain(CANARY)
  return answer
}

async function make(fields: Fields): Promise<string> {
  serial += 1
  const answer = await call('POST', '/credentials', { name: `C${serial}`, ...fields })
  expect(answer.status, answer.text).toBe(201)
  return (answer.body as { id: string }).id
}

const bearer = (host: string, fields: Fields = {}) =>
  make({ type: 'bearer', hosts: [host], secret: { token: CANARY }, ...fields })

async function use(credentialId: string, baseUrl: string): Promise<{ id: string; slug: string }> {
  serial += 1
  const slug = `s${serial}`
  const answer = await call('POST', '/integrations', {
    name: slug,
    slug,
    credential_id: credentialId,
    base_url: baseUrl,
  })
  expect(answer.status, answer.text).toBe(201)
  return answer.body as { id: string; slug: string }
}

/** The fields that a refusal of the domain names; null: it was not refused. */
async function fieldsRefused(work: () => Promise<unknown>): Promise<string[] | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (!isRefusal(error)) throw error
    return error.fields.map(({ field }) => field)
  }
}

/** Tries a change of a credential in each way that there is; all of them must refuse it, naming this field. */
async function expectRefused(id: string, changes: Fields, field: RegExp | string): Promise<void> {
  const store = credentialStore()
  const row = () => findCredential(store.db, { accountId: account }, id)
  const found: Record<string, string[] | null> = {
    update: await fieldsRefused(async () => updateCredential(store, actor, id, parseInput(credentialChanges, changes))),
    test: await fieldsRefused(async () =>
      testForm(store, actor, changedForm(await row(), parseInput(credentialChanges, changes)), id),
    ),
  }
  for (const [name, method, path] of [
    ['PATCH', 'PATCH', `/credentials/${id}`],
    ['POST test', 'POST', `/credentials/${id}/test`],
  ] as const) {
    const answer = await call(method, path, changes)
    const { errors = [] } = answer.body as { errors?: { field: string }[] }
    found[name] = answer.status === 400 ? errors.map((one) => one.field) : [`status ${answer.status}`]
  }
  for (const [way, fields] of Object.entries(found)) {
    expect(fields?.join() ?? 'not refused', `${way} of ${JSON.stringify(changes)}`).toMatch(field)
  }
}

/** Nothing that is secret may have reached a server in any of the forms in which it is sent. */
function expectNothingAt(server: Upstream, ...secrets: string[]): void {
  const all = JSON.stringify(server.received)
  const basic = all.match(/[A-Za-z0-9+/]{12,}={0,2}/g) ?? []
  const texts = [all, ...basic.map((text) => Buffer.from(text, 'base64').toString('utf8'))]
  for (const secret of secrets) {
    const spellings = [secret, encodeURIComponent(secret), new URLSearchParams({ '': secret }).toString().slice(1)]
    for (const text of texts) for (const spelling of spellings) expect(text).not.toContain(spelling)
  }
}

/** Other addresses than `https://shop.example.com`, however alike they look. */
const others = [
  ['another port', 'https://shop.example.com:8443/x'],
  ['port 80', 'https://shop.example.com:80/x'],
  ['another scheme', 'http://shop.example.com/x'],
  ['a name below', 'https://api.shop.example.com/x'],
  ['the name above', 'https://example.com/x'],
  ['the name before another', 'https://shop.example.com.evil.example/x'],
  ['the name after another', 'https://evil-shop.example.com/x'],
  ['a dot at the end', 'https://shop.example.com./x'],
  ['a letter of another alphabet', 'https://ѕhop.example.com/x'],
  ['one’s punycode', 'https://xn--hop-lmd.example.com/x'],
  ['a soft hyphen elsewhere', 'https://shop.exa\u00admple.org/x'],
  ['the name as user', 'https://shop.example.com@evil.example/x'],
  ['the name as user, with a password', 'https://shop.example.com:443@evil.example/x'],
  ['the name as encoded user', 'https://shop.example.com%40evil.example/x'],
  ['a backslash', 'https://evil.example\\@shop.example.com/x'],
  ['a backslash before another', 'https://shop.example.com\\.evil.example/x'],
  ['a slash as fullwidth', 'https://shop.example.com／evil.example/x'],
  ['a tab', 'https://shop.example.com\t.evil.example/x'],
  ['three slashes', 'https:///evil.example/x'],
  ['no scheme', '//evil.example/x'],
] as const

describe('a stored secret is not sent to another host', () => {
  it.each(others)('named by its credential: %s', async (_, url) => {
    const id = await bearer('https://shop.example.com')
    await expectRefused(id, { test: { url } }, /secret\.token|test\.url/)
    await expectRefused(id, { hosts: ['https://shop.example.com', url] }, /secret\.token|hosts\.1/)
    await expectRefused(id, { hosts: [url] }, /secret\.token|hosts\.0/)
    expect((await call('GET', `/credentials/${id}`)).body).toMatchObject({
      hosts: ['https://shop.example.com'],
      test: null,
    })
  })

  it.each(others)('named by the token endpoint: %s', async (_, url) => {
    const id = await make({
      type: 'oauth2',
      hosts: ['https://shop.example.com'],
      token_url: 'https://shop.example.com/token',
      client_id: 'c',
      secret: { client_secret: CANARY },
    })
    await expectRefused(id, { token_url: url }, /secret\.client_secret|token_url/)
    await expectRefused(id, { token_url: url, client_authentication: 'body' }, /secret\.client_secret|token_url/)
  })

  it.each(others)('named by an integration: %s', async (_, url) => {
    const id = await bearer('https://shop.example.com')
    const { id: integration } = await use(id, 'https://shop.example.com/v1')
    const form = { name: 'New', slug: 'new', credential_id: id, base_url: url }
    expect(await call('POST', '/integrations', form)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'base_url' }] },
    })
    const changed = await call('PATCH', `/integrations/${integration}`, { base_url: url })
    expect(changed).toMatchObject({ status: 400, body: { errors: [{ field: 'base_url' }] } })
    const store = { db: api.runtime.database.db, policy: api.runtime.egress.policy }
    expect(
      await fieldsRefused(async () => createIntegration(store, actor, parseInput(integrationForm, form))),
    ).toContain('base_url')
    const change = async () =>
      updateIntegration(store, actor, integration, parseInput(integrationChanges, { base_url: url }))
    expect(await fieldsRefused(change)).toContain('base_url')
  })

  it.each([
    ['in capitals', 'HTTPS://SHOP.Example.COM/v2'],
    ['with its own port', 'https://shop.example.com:443/v2'],
    ['with fullwidth letters and dots', 'https://ｓhop。example．com/v2'],
    ['percent-encoded', 'https://sh%6Fp.example.com/v2'],
  ])('and is taken for the same host where it is the same: %s', async (_, url) => {
    const id = await bearer('https://shop.example.com')
    expect((await call('PATCH', `/credentials/${id}`, { test: { url } })).status).toBe(200)
    expect((await call('GET', `/credentials/${id}`)).body).toMatchObject({ hosts: ['https://shop.example.com'] })
    await use(id, url)
  })
})

describe('a server of one’s own gets nothing', () => {
  const elsewhere = () => [
    thief.url,
    `http://localhost:${home.port}`,
    `http://127.0.0.2:${home.port}`,
    `http://[::ffff:127.0.0.1]:${home.port}`,
    `http://localhost:${thief.port}`,
  ]

  it.each([
    ['api_key', { placement: { in: 'header', name: 'X-Key' }, secret: { key: CANARY } }],
    ['api_key', { placement: { in: 'query', name: 'k' }, secret: { key: CANARY } }],
    ['bearer', { secret: { token: CANARY } }],
    ['basic', { secret: { username: 'ana', password: CANARY } }],
    ['headers', { headers: ['X-A', 'X-B'], secret: { 'X-A': CANARY, 'X-B': CANARY } }],
    ['headers', { headers: ['constructor'], secret: { constructor: CANARY } }],
    ['headers', { headers: ['toString', 'X-B'], secret: { toString: CANARY, 'X-B': CANARY } }],
  ])('of the secret of %s %o, whatever address names it', async (type, fields) => {
    const id = await make({ type, hosts: [home.url], ...fields })
    const { id: integration } = await use(id, home.url)
    home.forget()
    for (const url of elsewhere()) {
      await expectRefused(id, { test: { url } }, /secret\./)
      await expectRefused(id, { hosts: [home.url, url] }, /secret\./)
      expect((await call('PATCH', `/integrations/${integration}`, { base_url: url })).status).toBe(400)
    }
    expect(thief.connections()).toBe(0)
    expect(home.received).toEqual([])
  })

  it.each([
    ['the password alone', 'basic', { username: 'ana', password: CANARY }, { password: 'mine-123456' }],
    ['the user name alone', 'basic', { username: CANARY, password: 'their-password' }, { username: 'mine' }],
    ['one header of two', 'headers', { 'X-A': CANARY, 'X-B': 'their-value' }, { 'X-B': 'mine-123456' }],
  ])('where a part of the secret is typed again: %s', async (_, type, stored, typed) => {
    const id = await make({
      type,
      hosts: [home.url],
      secret: stored,
      ...(type === 'headers' ? { headers: Object.keys(stored) } : {}),
    })
    await expectRefused(id, { test: { url: thief.url }, secret: typed }, /secret\./)
    expect(thief.connections()).toBe(0)
  })

  it('of the old secret, where all of it is typed again', async () => {
    const id = await bearer(home.url)
    const { slug } = await use(id, home.url)
    const changes = { hosts: [home.url, thief.url], test: { url: thief.url }, secret: { token: 'mine-123456' } }
    expect((await call('POST', `/credentials/${id}/test`, changes)).status).toBe(200)
    expect((await call('PATCH', `/credentials/${id}`, changes)).status).toBe(200)
    await call('POST', `/credentials/${id}/test`)
    await api.call('GET', `/integrations/${slug}/proxy/x`, { token })
    expect(thief.received.length).toBe(2)
    expectNothingAt(thief, CANARY)
    expect(home.received[0]?.headers.authorization).toBe('Bearer mine-123456')
  })

  it('of a header that was taken off before and is put back', async () => {
    const id = await make({
      type: 'headers',
      hosts: [home.url],
      headers: ['X-A', 'X-B'],
      secret: { 'X-A': CANARY, 'X-B': 'v-123456' },
    })
    const moved = { headers: ['X-B'], hosts: [thief.url], secret: { 'X-B': 'mine-123456' } }
    expect((await call('PATCH', `/credentials/${id}`, moved)).status).toBe(200)
    await expectRefused(id, { headers: ['X-A', 'X-B'], test: { url: thief.url } }, /secret\.X-A/)
    expect(thief.connections()).toBe(0)
  })

  it.each([301, 302, 303, 307, 308])(
    'by a redirect %i of the service: of a test, and through an integration',
    async (status) => {
      for (const placement of [
        { in: 'header', name: 'Authorization' },
        { in: 'query', name: 'k' },
      ]) {
        const id = await make({ type: 'api_key', placement, test: { url: home.url }, secret: { key: CANARY } })
        const { slug } = await use(id, home.url)
        home.respondWith(status, { location: `${thief.url}/back` })
        await call('POST', `/credentials/${id}/test`)
        await call('POST', `/credentials/${id}/test`, { name: 'Changed' })
        const answer = await api.call('POST', `/integrations/${slug}/proxy/x`, { token, body: {} })
        expect(answer).toMatchObject({ status })
        expect(answer.headers.get('location')).toBe(`${thief.url}/back`)
      }
      expect(home.received).toHaveLength(6)
      expect(thief.connections()).toBe(0)
    },
  )

  it('by a path that leads out of the base address', async () => {
    const id = await bearer(home.url)
    const { slug } = await use(id, `${home.url}/v1`)
    for (const path of [
      `@127.0.0.1:${thief.port}/x`,
      `/127.0.0.1:${thief.port}/x`,
      `http://127.0.0.1:${thief.port}/x`,
      `%2e%2e/%2e%2e/@127.0.0.1:${thief.port}`,
      `\\\\127.0.0.1:${thief.port}`,
    ]) {
      await api.sendRaw(
        `GET /api/v1/integrations/${slug}/proxy/${path} HTTP/1.1\r\nHost: 127.0.0.1:${thief.port}\r\nX-Forwarded-Host: 127.0.0.1:${thief.port}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
      )
    }
    expect(thief.connections()).toBe(0)
    for (const one of home.received) expect(one.target).toMatch(/^\/v1\//)
  })

  it('of a secret that is stored for elsewhere while a test of what was there before begins', async () => {
    const id = await bearer(thief.url, { test: { url: thief.url }, secret: { token: 'first-123456' } })
    const store = credentialStore()
    const changes = { hosts: [home.url], test: { url: home.url }, secret: { token: CANARY } }
    let change: Promise<void> | undefined
    // The test has read where to send, and not yet what.
    const vault = new Proxy(store.vault, {
      get(target, name) {
        const value = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return async (...args: unknown[]) => {
          // Not waited for: it may have to wait for the test to have read both.
          if (name === 'openIfIntact')
            change ??= updateCredential(store, actor, id, parseInput(credentialChanges, changes))
          await sleep(50)
          return Reflect.apply(value, target, args)
        }
      },
    })
    await testCredential({ ...store, vault }, actor, id).catch((error) => {
      if (!isRefusal(error)) throw error
    })
    expect(change).toBeDefined()
    await change
    expectNothingAt(thief, CANARY)
  })
})

describe('a server of one’s own gets no tokens', () => {
  let provider: OAuthServer
  beforeAll(async () => {
    provider = await startOAuthServer()
  })
  afterAll(() => provider.close())

  const client = () => ({ token_url: provider.tokenUrl, client_id: provider.clientId })

  /** A credential that is in use, and all that is secret of it. */
  async function inUse(grant: 'client_credentials' | 'refresh_token') {
    const refresh = await provider.mintRefreshToken()
    const id = await make({
      type: 'oauth2',
      ...client(),
      grant,
      hosts: [home.url],
      secret: {
        client_secret: provider.clientSecret,
        ...(grant === 'refresh_token' ? { refresh_token: refresh } : {}),
      },
    })
    const { id: integration, slug } = await use(id, home.url)
    const answer = await api.call('GET', `/integrations/${slug}/proxy/x`, { token })
    expect(answer.status, answer.text).toBe(200)
    const { db } = api.runtime.database
    const kept = await openTokens(db, api.runtime.vault, { accountId: account, ownerId: id })
    const secrets = [provider.clientSecret, refresh, kept.accessToken?.reveal(), kept.refreshToken?.reveal()]
    home.forget()
    return { id, integration, slug, secrets: secrets.filter((one) => one !== undefined) }
  }

  const bogus = 'bogus-0123456789'
  it.each<[string, 'client_credentials' | 'refresh_token', Fields]>([
    ['the token endpoint', 'client_credentials', {}],
    ['the token endpoint', 'refresh_token', {}],
    ['the token endpoint, a secret that is made up', 'client_credentials', { secret: { client_secret: bogus } }],
    ['the token endpoint, the client’s secret made up', 'refresh_token', { secret: { client_secret: bogus } }],
    ['the token endpoint, a refresh token that is made up', 'refresh_token', { secret: { refresh_token: bogus } }],
    ['the token endpoint, both made up', 'refresh_token', { secret: { client_secret: bogus, refresh_token: bogus } }],
    ['the token endpoint of a public client', 'refresh_token', { client_authentication: 'none' }],
    [
      'the token endpoint of a public client, a token made up',
      'refresh_token',
      { client_authentication: 'none', secret: { refresh_token: bogus } },
    ],
    ['the token endpoint of the other grant', 'refresh_token', { grant: 'client_credentials' }],
    [
      'the token endpoint of the other grant, made up',
      'refresh_token',
      { grant: 'client_credentials', secret: { client_secret: bogus } },
    ],
    [
      'the token endpoint of the other grant, made up',
      'client_credentials',
      { grant: 'refresh_token', client_authentication: 'none', secret: { refresh_token: bogus } },
    ],
  ])('by %s (%s)', async (_, grant, changes) => {
    const { id, slug, secrets } = await inUse(grant)
    thief.respondWith(
      200,
      { 'content-type': 'application/json' },
      '{"access_token":"at-thief-1","token_type":"bearer"}',
    )
    const all = { ...changes, token_url: `${thief.url}/token` }
    await call('POST', `/credentials/${id}/test`, all)
    await call('PATCH', `/credentials/${id}`, all)
    await call('POST', `/credentials/${id}/test`)
    await call('POST', `/credentials/${id}/test`, { client_authentication: 'body' })
    await api.call('GET', `/integrations/${slug}/proxy/x`, { token })
    expectNothingAt(thief, ...secrets)
  })

  // Whatever was got for one grant is not kept for another, behind the back of what the credential is said to hold.
  it.each<['client_credentials' | 'refresh_token', Fields]>([
    ['refresh_token', {}],
    ['refresh_token', { client_authentication: 'none' }],
    ['client_credentials', {}],
  ])('by a grant that is changed, and changed back (%s, %j)', async (grant, client) => {
    const { id, slug, secrets } = await inUse(grant)
    thief.respondWith(
      200,
      { 'content-type': 'application/json' },
      '{"access_token":"at-thief-1","token_type":"bearer"}',
    )
    const secret = client.client_authentication === 'none' ? {} : { client_secret: bogus }
    expect(
      (await call('PATCH', `/credentials/${id}`, { grant: 'client_credentials', renew_ahead: false })).status,
    ).toBe(200)
    const back = {
      ...client,
      grant: 'authorization_code',
      token_url: `${thief.url}/token`,
      authorization_url: `${thief.url}/authorize`,
      revocation_url: `${thief.url}/revoke`,
      renew_ahead: true,
      secret,
    }
    await call('PATCH', `/credentials/${id}`, back)
    await call('POST', `/credentials/${id}/renew`)
    await call('POST', `/credentials/${id}/test`)
    await api.call('GET', `/integrations/${slug}/proxy/x`, { token })
    const { db } = api.runtime.database
    await renewDueCredentials({ db, vault: api.runtime.vault, tokens: api.runtime.tokens }, {})
    await call('DELETE', `/credentials/${id}/connection`)
    expectNothingAt(thief, ...secrets)
  })

  it.each<[string, 'client_credentials' | 'refresh_token', Fields]>([
    ['', 'client_credentials', {}],
    ['', 'refresh_token', {}],
    ['with a secret that is made up', 'client_credentials', { secret: { client_secret: bogus } }],
    [
      'with a refresh token that is made up',
      'refresh_token',
      { secret: { client_secret: bogus, refresh_token: bogus } },
    ],
    [
      'with all that is made up',
      'refresh_token',
      { secret: { client_secret: bogus, refresh_token: bogus, access_token: bogus } },
    ],
  ])('by a host for the access token %s (%s)', async (_, grant, changes) => {
    const { id, integration, secrets } = await inUse(grant)
    const all = { ...changes, hosts: [home.url, thief.url], test: { url: thief.url } }
    await call('POST', `/credentials/${id}/test`, all)
    await call('PATCH', `/credentials/${id}`, all)
    await call('PATCH', `/integrations/${integration}`, { base_url: thief.url })
    const { slug } = (await call('GET', `/integrations/${integration}`)).body as { slug: string }
    await api.call('GET', `/integrations/${slug}/proxy/x`, { token })
    expectNothingAt(thief, ...secrets)
  })

  it.each(['as it is', 'as a form has it'])('that are stored for elsewhere while a test begins, %s', async (how) => {
    const id = await make({
      type: 'oauth2',
      ...client(),
      token_url: `${thief.url}/token`,
      grant: 'refresh_token',
      hosts: [thief.url],
      test: { url: thief.url },
      secret: { client_secret: bogus, refresh_token: bogus },
    })
    thief.respondWith(
      200,
      { 'content-type': 'application/json' },
      '{"access_token":"at-thief-1","token_type":"bearer"}',
    )
    const refresh_token = await provider.mintRefreshToken()
    const secret = { client_secret: provider.clientSecret, refresh_token }
    const changes = { ...client(), hosts: [home.url], test: { url: home.url }, secret }
    const store = credentialStore()
    let isChanged = false
    // The test has read where to send, and waits for who renews.
    const tokens = new Proxy(store.tokens, {
      get(target, name) {
        const value = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return async (...args: unknown[]) => {
          if (!isChanged) await updateCredential(store, actor, id, parseInput(credentialChanges, changes))
          isChanged = true
          return Reflect.apply(value, target, args)
        }
      },
    })
    const row = await findCredential(store.db, { accountId: account }, id)
    const report =
      how === 'as it is'
        ? await testCredential({ ...store, tokens }, actor, id)
        : await testForm({ ...store, tokens }, actor, changedForm(row, { name: 'Other' }), id)
    expect(isChanged).toBe(true)
    expect(report.result).toBe('failed')
    const kept = await openTokens(store.db, api.runtime.vault, { accountId: account, ownerId: id })
    const got = [kept.accessToken?.reveal(), kept.refreshToken?.reveal()].filter((one) => one !== undefined)
    expectNothingAt(thief, provider.clientSecret, refresh_token, ...got)
  })

  it('by a redirect of the token endpoint', async () => {
    const { id, slug, secrets } = await inUse('refresh_token')
    for (const status of [302, 307, 308]) {
      provider.interfere((_, response) => {
        response.writeHead(status, { location: `${thief.url}/token` }).end()
        return true
      })
      await call('POST', `/credentials/${id}/test`)
    }
    provider.interfere(null)
    await api.call('GET', `/integrations/${slug}/proxy/x`, { token })
    expect(thief.connections()).toBe(0)
    expectNothingAt(thief, ...secrets)
  })

  /** A draft that a test has left: its refresh token has been spent for another one. */
  async function drafted(): Promise<{ draftId: string; form: Fields; typed: string; kept: string[] }> {
    const typed = await provider.mintRefreshToken()
    const form = {
      type: 'oauth2',
      name: 'Draft',
      ...client(),
      grant: 'refresh_token',
      hosts: [home.url],
      secret: { client_secret: provider.clientSecret, refresh_token: typed },
    }
    const answer = await call('POST', '/credentials/test', form)
    expect(answer.body).toMatchObject({ result: 'good', draft_id: expect.stringMatching(/^draft_/) })
    const { draft_id: draftId } = answer.body as { draft_id: string }
    const tokens = await openTokens(api.runtime.database.db, api.runtime.vault, {
      accountId: account,
      ownerId: draftId,
    })
    const kept = [tokens.accessToken?.reveal(), tokens.refreshToken?.reveal()].filter((one) => one !== undefined)
    expect(kept).toHaveLength(2)
    expect(kept).not.toContain(typed)
    return { draftId, form, typed, kept }
  }

  it('by a draft whose secrets are not typed again', async () => {
    const { draftId, form, typed, kept } = await drafted()
    for (const address of [{ token_url: `${thief.url}/token` }, { hosts: [thief.url] }, { test: { url: thief.url } }]) {
      for (const secret of [{}, { client_secret: bogus }, { refresh_token: bogus }]) {
        const body = { ...form, ...address, secret, draft_id: draftId }
        for (const path of ['/credentials/test', '/credentials']) {
          expect((await call('POST', path, body)).status, JSON.stringify(body)).toBe(400)
        }
      }
    }
    expect(thief.connections()).toBe(0)
    expectNothingAt(thief, provider.clientSecret, typed, ...kept)
  })

  it('that a draft has got, by the refresh token that they were got for: to another token endpoint', async () => {
    const { draftId, form, typed, kept } = await drafted()
    const secret = { client_secret: bogus, refresh_token: typed }
    await call('POST', '/credentials/test', { ...form, token_url: `${thief.url}/token`, secret, draft_id: draftId })
    expectNothingAt(thief, provider.clientSecret, ...kept)
  })

  it('that a draft has got, by the refresh token that they were got for: to another host', async () => {
    const { draftId, form, typed, kept } = await drafted()
    const secret = { client_secret: provider.clientSecret, refresh_token: typed }
    const saved = await call('POST', '/credentials', { ...form, hosts: [thief.url], secret, draft_id: draftId })
    if (saved.status === 201) {
      const { slug } = await use((saved.body as { id: string }).id, thief.url)
      await api.call('GET', `/integrations/${slug}/proxy/x`, { token })
    }
    expectNothingAt(thief, ...kept)
  })

  it('by the draft of an edit, taken for a new credential or for another one', async () => {
    const { id } = await inUse('refresh_token')
    const { id: other } = await inUse('refresh_token')
    const answer = await call('POST', `/credentials/${id}/test`, {
      secret: { refresh_token: await provider.mintRefreshToken() },
    })
    const { draft_id } = answer.body as { draft_id: string }
    expect(draft_id).toMatch(/^draft_/)
    const form = parseInput(credentialForm, {
      type: 'headers',
      name: 'New',
      hosts: [home.url],
      headers: ['client_secret'],
      draft_id,
    })
    expect((await call('POST', '/credentials', { ...form, secret: {} })).status).toBe(404)
    expect((await call('POST', '/credentials/test', { ...form, test: { url: home.url }, secret: {} })).status).toBe(404)
    expect((await call('PATCH', `/credentials/${other}`, { draft_id })).status).toBe(404)
    expect((await call('POST', `/credentials/${other}/test`, { draft_id })).status).toBe(404)
    expect((await call('PATCH', `/credentials/${id}`, { draft_id })).status).toBe(200)
  })
})
