import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, startTestApi, type TestApi } from '@/test/api'
import { startUpstream, type Upstream } from '@/test/upstream'
import { changePolicy } from '../accounts/policy'
import { operatorActor } from '../audit'

// What the limits of a key mean to its requests, on every way in.

let api: TestApi
let account: string
let upstream: Upstream
const PROXY = '203.0.113.99'
beforeAll(async () => {
  upstream = await startUpstream()
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1', FENICIA_TRUSTED_PROXIES: 'loopback' })
  account = await api.makeAccount('A shop')
})
afterAll(async () => {
  await api.stop()
  await upstream.close()
})

const codeOf = ({ status, body }: Answer) => [status, (body as { code?: string } | undefined)?.code]
const limitsOf = ({ headers }: Answer) => [headers.get('ratelimit-policy'), headers.get('ratelimit')]
const RATE = { requests: 2, seconds: 60 }
const ALL = ['keys:*', 'orders:*', 'credentials:*', 'integrations:*']
const me = (token: string, headers: Record<string, string> = {}) => api.call('GET', '/me', { token, headers })
/** The same call, but not by the shortest way. */
const meByHono = (token: string, headers: Record<string, string> = {}) => api.call('GET', '/me?', { token, headers })

describe.each([
  ['the shortest way', me],
  ['the way of all calls', meByHono],
])('by %s', (_, ask) => {
  it('tells what is left of the rate, and refuses what is beyond', async () => {
    const { token } = await api.makeKey(account, { rate: RATE })
    const answers = [await ask(token), await ask(token), await ask(token)]
    expect(answers.map(codeOf)).toEqual([
      [200, undefined],
      [200, undefined],
      [429, 'RATE_LIMITED'],
    ])
    expect(answers.map(limitsOf)).toEqual([
      ['"default";q=2;w=60', expect.stringMatching(/^"default";r=1;t=(59|60)$/)],
      ['"default";q=2;w=60', expect.stringMatching(/^"default";r=0;t=(59|60)$/)],
      ['"default";q=2;w=60', expect.stringMatching(/^"default";r=0;t=(59|60)$/)],
    ])
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(59)
    expect(answers[2]?.headers.get('fenicia-error')).toBe('RATE_LIMITED')
    expect(answers[0]?.headers.get('retry-after')).toBeNull()
  })

  it('tells of the month beside the rate, and refuses what is beyond it until it ends', async () => {
    const { token } = await api.makeKey(account, { rate: { requests: 10, seconds: 1 }, monthly_quota: 1 })
    const [first, second] = [await ask(token), await ask(token)]
    expect(codeOf(second)).toEqual([429, 'QUOTA_EXCEEDED'])
    expect(limitsOf(first)).toEqual([
      '"default";q=10;w=1, "monthly";q=1',
      expect.stringMatching(/^"default";r=9;t=1, "monthly";r=0;t=\d+$/),
    ])
    expect(second.headers.get('retry-after')).toBe(/"monthly";r=0;t=(\d+)/.exec(limitsOf(second)[1] ?? '')?.[1])
  })

  it('says nothing of limits where there are none', async () => {
    const { token } = await api.makeKey(account, {})
    expect(limitsOf(await ask(token))).toEqual([null, null])
    expect(limitsOf(await ask('fn_live_nonsense'))).toEqual([null, null])
  })

  it('lets a key in from its addresses only, as trusted proxies tell them', async () => {
    const { token } = await api.makeKey(account, { addresses: ['198.51.100.0/24', '2001:db8::/32'], rate: RATE })
    const from = (address: string) => ask(token, { 'X-Forwarded-For': address })
    expect(codeOf(await from(PROXY))).toEqual([403, 'ADDRESS_NOT_ALLOWED'])
    // The last that is no proxy of ours: what it says of others is not believed.
    expect(codeOf(await from(`198.51.100.7, ${PROXY}`))).toEqual([403, 'ADDRESS_NOT_ALLOWED'])
    expect(codeOf(await ask(token))).toEqual([403, 'ADDRESS_NOT_ALLOWED'])
    expect((await from('198.51.100.7')).status).toBe(200)
    expect((await from('2001:db8::7')).status).toBe(200)
    expect(codeOf(await from('2001:db8::7'))).toEqual([429, 'RATE_LIMITED'])
  })

  it('refuses a key that is paused, until it is resumed', async () => {
    const { token, id } = await api.makeKey(account, {})
    const manager = await api.makeKey(account, { scopes: ALL })
    const paused = await api.call('POST', `/keys/${id}/pause`, { token: manager.token })
    expect(paused.body).toMatchObject({ status: 'paused', paused: { by: expect.any(String) } })
    const refused = await ask(token)
    expect(codeOf(refused)).toEqual([401, 'INVALID_API_KEY'])
    expect(refused.body).toMatchObject({ detail: expect.stringContaining('paused') })
    await api.call('POST', `/keys/${id}/resume`, { token: manager.token })
    expect((await ask(token)).status).toBe(200)
  })

  it('lets a key in with its methods only', async () => {
    const { token } = await api.makeKey(account, { methods: ['POST'] })
    expect(codeOf(await ask(token))).toEqual([403, 'METHOD_NOT_GRANTED'])
    const reader = await api.makeKey(account, { methods: ['GET'] })
    expect((await ask(reader.token)).status).toBe(200)
    expect((await api.call('HEAD', '/me', { token: reader.token })).status).toBe(200)
    expect(codeOf(await api.call('POST', '/keys', { token: reader.token, body: {} }))).toEqual([
      403,
      'METHOD_NOT_GRANTED',
    ])
  })
})

it('counts requests by every way together, refused ones with them', async () => {
  const { token } = await api.makeKey(account, { rate: { requests: 4, seconds: 60 } })
  expect((await me(token)).status).toBe(200)
  expect((await meByHono(token)).status).toBe(200)
  const forbidden = await api.call('GET', '/keys', { token })
  expect([codeOf(forbidden), limitsOf(forbidden)[1]]).toEqual([
    [403, 'INSUFFICIENT_PERMISSIONS'],
    expect.stringContaining(';r=1;'),
  ])
  const nowhere = await api.call('GET', '/integrations/nothing/proxy/', { token })
  expect([codeOf(nowhere), limitsOf(nowhere)[1]]).toEqual([
    [403, 'INSUFFICIENT_PERMISSIONS'],
    expect.stringContaining(';r=0;'),
  ])
  expect(codeOf(await api.call('GET', '/integrations/nothing/proxy/', { token }))).toEqual([429, 'RATE_LIMITED'])
})

it('lets a key in only where its account lets all keys in', async () => {
  const other = await api.makeAccount('Another shop')
  const wide = await api.makeKey(other, {})
  const narrow = await api.makeKey(other, { addresses: ['198.51.100.7'] })
  await changePolicy(api.runtime.database.db, operatorActor(other), { keyAddresses: ['198.51.100.0/24'] })
  const from = (address: string) => ({ 'X-Forwarded-For': address })
  expect(codeOf(await me(wide.token, from(PROXY)))).toEqual([403, 'ADDRESS_NOT_ALLOWED'])
  expect((await me(wide.token, from('198.51.100.8'))).status).toBe(200)
  expect(codeOf(await me(narrow.token, from('198.51.100.8')))).toEqual([403, 'ADDRESS_NOT_ALLOWED'])
  expect((await me(narrow.token, from('198.51.100.7'))).status).toBe(200)
})

describe('a call through an integration', () => {
  let slug: string
  beforeAll(async () => {
    const { token } = await api.makeKey(account, { scopes: ALL })
    const credential = await api.call('POST', '/credentials', {
      token,
      body: { type: 'bearer', name: 'ERP', hosts: [upstream.url], secret: { token: 'the-secret' } },
    })
    slug = 'erp'
    const { id } = credential.body as { id: string }
    const made = await api.call('POST', '/integrations', {
      token,
      body: { name: 'ERP', slug, credential_id: id, base_url: upstream.url, methods: ['GET', 'POST'] },
    })
    expect(made.status, made.text).toBe(201)
    upstream.respond((_, response) => {
      response.writeHead(200, {
        RateLimit: '"theirs";r=7',
        'RateLimit-Policy': '"theirs";q=9',
        'X-RateLimit-Left': '7',
      })
      response.end('{}')
    })
  })

  it('tells of the key’s limits, and of the service’s under another name', async () => {
    const { token } = await api.makeKey(account, { scopes: ['integrations:use'], rate: RATE })
    for (const path of [`/integrations/${slug}/proxy/x`, `/integrations/${slug}/proxy/x`]) {
      const { status, headers } = await api.call('GET', path, { token })
      expect(status).toBe(200)
      expect(headers.get('ratelimit-policy')).toBe('"default";q=2;w=60')
      expect(headers.get('ratelimit')).toMatch(/^"default";r=[01];t=\d+$/)
      expect(headers.get('fenicia-upstream-ratelimit')).toBe('"theirs";r=7')
      expect(headers.get('fenicia-upstream-ratelimit-policy')).toBe('"theirs";q=9')
      expect(headers.get('x-ratelimit-left')).toBe('7')
    }
    const refused = await api.call('GET', `/integrations/${slug}/proxy/x`, { token })
    expect([codeOf(refused), refused.headers.get('fenicia-error')]).toEqual([[429, 'RATE_LIMITED'], 'RATE_LIMITED'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
  })

  it('is made with the key’s methods only, and never reaches the service with another', async () => {
    const { token } = await api.makeKey(account, { scopes: ['integrations:use'], methods: ['GET'] })
    const path = `/integrations/${slug}/proxy/x`
    expect((await api.call('GET', path, { token })).status).toBe(200)
    const before = upstream.received.length
    expect(codeOf(await api.call('POST', path, { token, body: {} }))).toEqual([403, 'METHOD_NOT_GRANTED'])
    expect(upstream.received.length).toBe(before)
  })
})

describe('a token that is verified', () => {
  let token: string
  beforeAll(async () => {
    token = (await api.makeKey(account, { scopes: ['keys:verify'] })).token
  })
  const verify = (body: object) => api.call('POST', '/keys/verify', { token, body })
  const introspect = async (form: Record<string, string>) => {
    const body = new URLSearchParams(form).toString()
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    return (await api.call('POST', '/introspect', { token, headers, body })).body
  }

  it('spends its key’s rate, not the verifier’s, and is told when it is used up', async () => {
    const key = await api.makeKey(account, { rate: { requests: 3, seconds: 60 } })
    const left = { limit: 3, reset_seconds: expect.any(Number) }
    expect((await verify({ token: key.token })).body).toMatchObject({
      valid: true,
      limits: { rate: { ...left, remaining: 2 }, monthly_quota: null },
    })
    expect(await introspect({ token: key.token })).toMatchObject({ active: true })
    expect((await me(key.token)).status).toBe(200)
    const refused = await verify({ token: key.token })
    expect(refused.body).toMatchObject({
      valid: false,
      reason: 'rate_limited',
      limits: { rate: { ...left, remaining: 0 } },
    })
    expect(limitsOf(refused)).toEqual([null, null])
    expect(await introspect({ token: key.token })).toEqual({ active: false })
    const status = await verify({ token: key.token, answer: 'status' })
    expect(codeOf(status)).toEqual([429, 'RATE_LIMITED'])
    expect(Number(status.headers.get('retry-after'))).toBeGreaterThan(50)
  })

  it('spends nothing when it lacks a scope', async () => {
    const key = await api.makeKey(account, { rate: { requests: 1, seconds: 60 } })
    for (let i = 0; i < 3; i++) {
      const { body } = await verify({ token: key.token, scopes: ['products:read'] })
      expect(body).toMatchObject({ valid: false, reason: 'missing_scope' })
    }
    expect((await verify({ token: key.token })).body).toMatchObject({ valid: true })
  })

  it.each([
    [{ addresses: ['198.51.100.0/24'] }, {}, 'address_not_allowed', 'ADDRESS_NOT_ALLOWED'],
    [{ addresses: ['198.51.100.0/24'] }, { address: '203.0.113.7' }, 'address_not_allowed', 'ADDRESS_NOT_ALLOWED'],
    [{ addresses: ['198.51.100.0/24'] }, { address: '198.51.100.7' }, null, null],
    [{ methods: ['GET'] }, {}, 'method_not_allowed', 'METHOD_NOT_GRANTED'],
    [{ methods: ['GET'] }, { method: 'post' }, 'method_not_allowed', 'METHOD_NOT_GRANTED'],
    [{ methods: ['GET'] }, { method: 'get' }, null, null],
    [{}, { address: '203.0.113.7', method: 'DELETE' }, null, null],
  ])('of a key with %o, sent with %o, is refused for %s', async (limits, sent, reason, code) => {
    const key = await api.makeKey(account, limits)
    expect((await verify({ token: key.token, ...sent })).body).toMatchObject({ valid: reason === null, reason })
    expect(await introspect({ token: key.token, ...(sent as Record<string, string>) })).toMatchObject({
      active: reason === null,
    })
    const status = await verify({ token: key.token, answer: 'status', ...sent })
    expect(codeOf(status)).toEqual(code ? [403, code] : [200, undefined])
  })

  it('of a paused key is not good, and says so', async () => {
    const key = await api.makeKey(account, {})
    await api.alterKey(key.id, { pausedAt: new Date() })
    expect((await verify({ token: key.token })).body).toMatchObject({ valid: false, reason: 'paused' })
    expect(await introspect({ token: key.token })).toEqual({ active: false })
  })
})

describe('changing limits over the API', () => {
  const change = (token: string, id: string, body: object) => api.call('PATCH', `/keys/${id}`, { token, body })

  it('holds for the next request, and is on record with before and after', async () => {
    const manager = await api.makeKey(account, { scopes: ALL })
    const { id, token } = await api.makeKey(account, { rate: RATE })
    const limits = { rate: { requests: 1, seconds: 30 }, addresses: ['198.51.100.7'], methods: ['GET', 'POST'] }
    expect((await change(manager.token, id, { ...limits, monthly_quota: 5 })).body).toMatchObject({
      ...limits,
      monthly_quota: 5,
    })
    expect(codeOf(await me(token))).toEqual([403, 'ADDRESS_NOT_ALLOWED'])
    expect((await change(manager.token, id, { addresses: null })).body).toMatchObject({
      addresses: null,
      rate: limits.rate,
    })
    expect(limitsOf(await me(token))[0]).toBe('"default";q=1;w=30, "monthly";q=5')
    const events = await api.runtime.database.db.query.auditEvents.findMany({
      where: (event, { and, eq }) => and(eq(event.targetId, id), eq(event.action, 'api_key.limits_changed')),
      orderBy: (event, { asc }) => asc(event.id),
    })
    expect(events.map(({ details }) => [details.before, details.after])).toEqual([
      [
        { rate: RATE, monthly_quota: null, addresses: null, methods: null },
        { ...limits, monthly_quota: 5 },
      ],
      [{ addresses: ['198.51.100.7'] }, { addresses: null }],
    ])
  })

  it('never loosens a key beyond the key that changes it, itself included', async () => {
    const manager = await api.makeKey(account, { scopes: ALL, rate: { requests: 50, seconds: 60 }, monthly_quota: 100 })
    const { id } = await api.makeKey(account, { rate: RATE, monthly_quota: 5 })
    for (const target of [id, manager.id]) {
      for (const looser of [{ rate: null }, { rate: { requests: 51, seconds: 60 } }, { monthly_quota: null }]) {
        expect(codeOf(await change(manager.token, target, looser))).toEqual([403, 'INSUFFICIENT_PERMISSIONS'])
      }
    }
    expect((await change(manager.token, id, { rate: { requests: 50, seconds: 60 } })).status).toBe(200)
    const made = await api.call('POST', '/keys', {
      token: manager.token,
      body: { name: 'Child', scopes: ['orders:read'] },
    })
    expect(codeOf(made)).toEqual([403, 'INSUFFICIENT_PERMISSIONS'])
  })

  it('lets no key resume a key that it could not have made', async () => {
    const manager = await api.makeKey(account, { scopes: ['keys:manage'] })
    const { id } = await api.makeKey(account, {})
    expect((await api.call('POST', `/keys/${id}/pause`, { token: manager.token })).status).toBe(200)
    expect(codeOf(await api.call('POST', `/keys/${id}/resume`, { token: manager.token }))).toEqual([
      403,
      'INSUFFICIENT_PERMISSIONS',
    ])
  })

  it('is kept by a regeneration, with what the month has used', async () => {
    const manager = await api.makeKey(account, { scopes: ALL })
    const limits = { rate: { requests: 9, seconds: 7 }, monthly_quota: 2, methods: ['GET'], addresses: ['127.0.0.1'] }
    const { id, token } = await api.makeKey(account, limits)
    await me(token)
    await me(token)
    const { body } = await api.call('POST', `/keys/${id}/regenerate`, { token: manager.token, body: {} })
    expect(body).toMatchObject(limits)
    expect(codeOf(await me((body as { token: string }).token))).toEqual([429, 'QUOTA_EXCEEDED'])
  })

  it('refuses a change that names nothing, or what is no limit', async () => {
    const manager = await api.makeKey(account, { scopes: ALL })
    const { id } = await api.makeKey(account, {})
    expect(codeOf(await change(manager.token, id, {}))).toEqual([400, 'validation:invalid_value'])
    expect(codeOf(await change(manager.token, id, { rate: { requests: 0, seconds: 1 } }))).toEqual([
      400,
      'validation:invalid_value',
    ])
    expect(codeOf(await change(manager.token, id, { environment: 'test' }))).toEqual([400, 'validation:unknown_field'])
  })
})
