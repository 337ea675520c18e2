import { NextRequest } from 'next/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decodeSession, encodeSession, newSessionClaims } from '@/lib/accounts/session-claims'
import { useConfiguration } from '@/test/runtime'
import { config, proxy } from './proxy'

const LOCAL = 'http://localhost:3000'
const START = Date.UTC(2026, 4, 3)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  useConfiguration()
})
afterEach(() => {
  vi.useRealTimers()
})

function ask(path: string, { method = 'GET', ...headers }: Record<string, string> = {}) {
  return proxy(new NextRequest(`${LOCAL}${path}`, { method, headers: { host: 'localhost:3000', ...headers } }))
}

const signIn = () => encodeSession(newSessionClaims({ userId: 'usr_1', accountId: 'acc_1', sessionVersion: 1 }))
const isPassedOn = (response: Response) => response.headers.get('x-middleware-next') === '1'
/** A header as the page gets it. */
const handedOn = (response: Response, name: string) => response.headers.get(`x-middleware-request-${name}`)

describe('every answer', () => {
  it('has a policy with a nonce of its own, which the page gets too', async () => {
    const [one, other] = await Promise.all([ask('/sign-in'), ask('/sign-in')])
    const policies = [one, other].map((response) => response.headers.get('content-security-policy') ?? '')
    for (const policy of policies) expect(policy).toMatch(/'nonce-[A-Za-z0-9+/]{22}=='/)
    expect(policies[0]).not.toBe(policies[1])
    expect(handedOn(one, 'content-security-policy')).toBe(policies[0])
  })

  it.each([
    ['a page', '/sign-in', {}],
    ['a redirect', '/settings/api-keys', {}],
    ['a refusal of a host', '/sign-in', { host: 'evil.example' }],
    ['a refusal of an origin', '/sign-in', { method: 'POST', origin: 'https://evil.example' }],
  ])('keeps browsers careful: %s', async (_, path, headers: Record<string, string>) => {
    const response = await ask(path, headers)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('x-frame-options')).toBe('DENY')
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/)
  })

  it.each([
    ['/sign-in', 'same-origin'],
    ['/api/oauth/callback?code=c&state=s', 'no-referrer'],
    ['/oauth/ended?consent=oas_1', 'no-referrer'],
    ['/reset-password', 'no-referrer'],
    ['/invitation', 'no-referrer'],
  ])('of %s tells other pages so much of its address: %s', async (path, policy) => {
    expect((await ask(path)).headers.get('referrer-policy')).toBe(policy)
  })

  it('has a request id that the client does not choose', async () => {
    const response = await ask('/sign-in', { 'x-request-id': 'mine', 'x-fenicia-path': '//evil.example' })
    const id = response.headers.get('x-request-id')
    expect(id).not.toBe('mine')
    expect(handedOn(response, 'x-request-id')).toBe(id)
    expect(handedOn(response, 'x-fenicia-path')).toBe('/sign-in')
  })
})

describe('a page behind the session', () => {
  it.each(['/', '/settings/api-keys?status=review', '/settings/account', '/anything'])(
    '%s asks whoever is not signed in to sign in, and remembers the page',
    async (path) => {
      const response = await ask(path)
      expect(response.status).toBe(307)
      const location = new URL(response.headers.get('location') ?? '', LOCAL)
      expect([location.origin, location.pathname, location.searchParams.get('next')]).toEqual([LOCAL, '/sign-in', path])
      expect(response.headers.get('cache-control')).toBe('private, no-store')
    },
  )

  it('is kept by no cache', async () => {
    const response = await ask('/settings/api-keys', { cookie: `fenicia_session=${await signIn()}` })
    expect(isPassedOn(response)).toBe(true)
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })

  it('is not shown for a cookie that is not ours or has expired', async () => {
    expect((await ask('/', { cookie: 'fenicia_session=forged' })).status).toBe(307)
    const cookie = `fenicia_session=${await signIn()}`
    vi.setSystemTime(START + 12 * 3_600_000)
    expect((await ask('/', { cookie })).status).toBe(307)
  })

  it('gets an action to answer for itself, so that the form can say what is wrong', async () => {
    expect(isPassedOn(await ask('/settings/api-keys', { method: 'POST', origin: LOCAL }))).toBe(true)
  })

  it.each([
    '/sign-in',
    '/sign-up',
    '/docs/api',
    '/api/auth/session',
    '/api/oauth/callback?code=c&state=s',
    '/oauth/ended?refused=forged',
  ])('is not what %s is', async (path) => {
    expect(isPassedOn(await ask(path))).toBe(true)
  })
})

describe('the session', () => {
  const renewal = (response: Response) => /fenicia_session=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1]

  it('goes on with each page that is opened, once it is five minutes old', async () => {
    const cookie = `fenicia_session=${await signIn()}`
    expect(renewal(await ask('/', { cookie }))).toBeUndefined()
    vi.setSystemTime(START + 300_000)
    const response = await ask('/', { cookie })
    expect(response.headers.get('set-cookie')).toMatch(/; Path=\/; .*Max-Age=43200; HttpOnly; SameSite=lax$/i)
    expect(await decodeSession(renewal(response) ?? '')).toMatchObject({ startedAt: START / 1000, sub: 'usr_1' })
  })

  it('goes on with a part of a page only when it is an hour old: that may be answered after an action has begun another', async () => {
    const cookie = `fenicia_session=${await signIn()}`
    const part = { cookie, 'sec-fetch-dest': 'empty' }
    vi.setSystemTime(START + 3_599_000)
    expect(renewal(await ask('/', part))).toBeUndefined()
    vi.setSystemTime(START + 3_600_000)
    expect(await decodeSession(renewal(await ask('/', part)) ?? '')).toMatchObject({ sub: 'usr_1' })
  })

  it('is left to an action, which may begin another or end it', async () => {
    const cookie = `fenicia_session=${await signIn()}`
    vi.setSystemTime(START + 300_000)
    expect(renewal(await ask('/', { cookie, method: 'POST', origin: LOCAL }))).toBeUndefined()
  })

  it('is bound to our host, and sent over https only, where the public address is https', async () => {
    useConfiguration({ FENICIA_URL: 'https://fenicia.example.com' })
    const cookie = `__Host-fenicia_session=${await signIn()}`
    vi.setSystemTime(START + 300_000)
    const response = await ask('/', { cookie, host: 'fenicia.example.com' })
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-fenicia_session=.*; Path=\/; .*Secure; HttpOnly; SameSite=lax$/i,
    )
    expect(response.headers.get('set-cookie')).not.toMatch(/domain/i)
    expect((await ask('/', { cookie: cookie.replace('__Host-', ''), host: 'fenicia.example.com' })).status).toBe(307)
  })
})

describe('a page that was made for another session than the browser has', () => {
  const cookie = async () => `fenicia_session=${await signIn()}`

  it('is told whose that is, by pages, actions and handlers alike', async () => {
    for (const method of ['GET', 'POST']) {
      for (const page of ['usr_1 acc_2', 'usr_2 acc_1', 'x']) {
        const headers = { method, cookie: await cookie(), origin: LOCAL, 'x-fenicia-page-of': page }
        const response = await ask('/settings/api-keys', headers)
        expect(response.headers.get('x-fenicia-page-of')).toBe('usr_1 acc_1')
      }
    }
  })

  it('and no other is told anything', async () => {
    const own = { cookie: await cookie(), 'x-fenicia-page-of': 'usr_1 acc_1' }
    for (const headers of [own, { cookie: await cookie() }, { 'x-fenicia-page-of': 'usr_1 acc_2' }]) {
      const response = await ask('/settings/api-keys', headers as Record<string, string>)
      expect(response.headers.get('x-fenicia-page-of')).toBeNull()
    }
  })
})

describe('a host that is not ours', () => {
  it('is refused with words, and no redirect leads to it', async () => {
    const response = await ask('/settings/api-keys', { host: 'evil.example' })
    expect(response.status).toBe(421)
    expect(response.headers.get('location')).toBeNull()
    expect(await response.text()).toContain('http://localhost:3000')
  })

  it('is sent to our public address', async () => {
    useConfiguration({ FENICIA_URL: 'https://fenicia.example.com' })
    const response = await ask('/settings/api-keys?q=1', { host: 'old.example.com' })
    expect(response.status).toBe(307)
    expect(response.headers.get('location')).toBe('https://fenicia.example.com/settings/api-keys?q=1')
    expect((await ask('/sign-in', { host: 'old.example.com', method: 'POST' })).status).toBe(421)
  })

  it('is nothing that X-Forwarded-Host could make ours', async () => {
    const response = await ask('/sign-in', { 'x-forwarded-host': 'evil.example' })
    expect(handedOn(response, 'x-forwarded-host')).toBeNull()
    expect((await ask('/x', { host: 'evil.example', 'x-forwarded-host': 'localhost:3000' })).status).toBe(421)
  })
})

it('asks for https only at the public address: elsewhere there may be none', async () => {
  const policyAt = async (host: string) => (await ask('/sign-in', { host })).headers.get('content-security-policy')
  expect(await policyAt('localhost:3000')).not.toContain('upgrade-insecure-requests')
  useConfiguration({ FENICIA_URL: 'https://fenicia.example.com' })
  expect(await policyAt('fenicia.example.com')).toContain('upgrade-insecure-requests')
  expect(await policyAt('192.168.1.20:3000')).not.toContain('upgrade-insecure-requests')
})

describe('a change', () => {
  it.each(['https://evil.example', 'http://localhost:4000', 'null', 'http://localhost:3000.evil.example'])(
    'is refused to a page of %s',
    async (origin) => {
      for (const path of ['/sign-in', '/settings/api-keys', '/api/auth/signout']) {
        expect((await ask(path, { method: 'POST', origin, 'x-forwarded-host': new URL(LOCAL).host })).status).toBe(403)
      }
    },
  )

  it('is taken from our own page behind a proxy that changes the host', async () => {
    useConfiguration({ FENICIA_URL: 'https://fenicia.example.com' })
    const origin = 'https://fenicia.example.com'
    const response = await ask('/sign-in', { method: 'POST', origin, host: '127.0.0.1:3000' })
    expect(isPassedOn(response)).toBe(true)
    // What Next compares the origin with.
    expect(handedOn(response, 'x-forwarded-host')).toBe('fenicia.example.com')
  })
})

it('runs before everything but files, the public API and what asks whether we are well', () => {
  const matcher = new RegExp(`^${config.matcher[0]}$`)
  const runs = ['/', '/sign-in', '/settings/api-keys', '/api/auth/session', '/docs/api', '/api/healthy', '/api/v10']
  const skipped = ['/_next/static/chunks/x.js', '/api/v1/keys', '/api/health', '/api/ready', '/icon.svg']
  expect(runs.filter((path) => !matcher.test(path))).toEqual([])
  expect(skipped.filter((path) => matcher.test(path))).toEqual([])
})
