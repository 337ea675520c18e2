import { validateHeaderName, validateHeaderValue } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createToken } from '../api-keys/token'
import { isHeaderAllowed } from '../egress/request'
import { Secret } from '../vault/secret'
import { requestHeaders, responseHeaders } from './headers'

const NONE = { fixed: [], credential: [] }
const sent = (...rawHeaders: string[]) => requestHeaders(rawHeaders, NONE)

describe('of a caller’s request', () => {
  it.each([
    'Authorization',
    'AUTHORIZATION',
    'Cookie',
    'Cookie2',
    'Host',
    'Connection',
    'Keep-Alive',
    'Proxy-Authorization',
    'Proxy-Connection',
    'Proxy-Anything',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Transfer_Encoding',
    'x y',
    'Upgrade',
    'HTTP2-Settings',
    'Content-Length',
    'Expect',
    'Forwarded',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded',
    'X_Forwarded_For',
    'X-Real-IP',
    'X-Client-IP',
    'True-Client-IP',
    'Via',
    'CDN-Loop',
    'CF-Connecting-IP',
    'CF-Ray',
    'Origin',
    'Referer',
    'Sec-Fetch-Site',
    'Sec-CH-UA',
    'Fenicia-Request-Id',
    'X-Fenicia-Path',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-HTTP-Method-Override',
    'X-Method-Override',
  ])('%s is not sent on', (name) => {
    expect(sent(name, 'x', 'Accept', '*/*')).toEqual([['Accept', '*/*']])
  })

  it('the rest is, in its order and letter case, twice where it came twice', () => {
    const rest = [
      'X-B',
      '1',
      'accept',
      'text/html',
      'X-A',
      '2',
      'X-B',
      '3',
      'User-Agent',
      'erp/1',
      'Content-Type',
      'a/b',
    ]
    rest.push('Accept-Encoding', 'gzip', 'Range', 'bytes=0-1', 'If-None-Match', '"e"', 'Content-Encoding', 'gzip')
    rest.push('Idempotency-Key', 'k', 'X-Amz-Date', 'd', 'Security-Token-Kind', 's', 'X-Request-Id', 'r', 'X-Empty', '')
    expect(sent(...rest).flat()).toEqual(rest)
  })

  it('nothing is that Connection names, however it is written', () => {
    const raw = ['connection', 'close, X-Hop', 'X-Hop', '1', 'Connection', ' x-other ,', 'x-OTHER', '2', 'X-Kept', '3']
    expect(sent(...raw)).toEqual([['X-Kept', '3']])
  })

  it('nothing is that the integration or the credential sets, and theirs come last', () => {
    const more = {
      fixed: [{ name: 'X-Version', value: '2026-01' }],
      credential: [['X-Api-Key', 'secret']] as [string, string][],
    }
    const raw = ['x-api-key', 'mine', 'X-API-KEY', 'mine', 'X_Api_Key', 'mine', 'x-version', 'old', 'X-Kept', '1']
    expect(requestHeaders(raw, more)).toEqual([
      ['X-Kept', '1'],
      ['X-Version', '2026-01'],
      ['X-Api-Key', 'secret'],
    ])
  })

  it('no Connection of the caller’s takes the credential away', () => {
    const more = {
      fixed: [{ name: 'X-Version', value: '1' }],
      credential: [['Authorization', 'Bearer s']] as [string, string][],
    }
    expect(requestHeaders(['Connection', 'Authorization, X-Version'], more)).toEqual([
      ['X-Version', '1'],
      ['Authorization', 'Bearer s'],
    ])
  })

  it('a credential’s header is not sent beside a fixed one of the same name', () => {
    const more = {
      fixed: [{ name: 'authorization', value: 'x' }],
      credential: [['Authorization', 'Bearer s']] as [string, string][],
    }
    expect(requestHeaders([], more)).toEqual([['Authorization', 'Bearer s']])
  })

  it('no header has a token of Fenicia’s, wherever in it', () => {
    for (const environment of ['live', 'test'] as const) {
      const { token } = createToken(environment)
      expect(sent('X-Api-Key', token, 'X-Debug', `a=${token};b`, 'X-Kept', 'fn_live_short')).toEqual([
        ['X-Kept', 'fn_live_short'],
      ])
    }
  })

  it('answers are asked for uncompressed where they are looked into', () => {
    const more = { fixed: [{ name: 'accept-encoding', value: 'br' }], credential: [], plain: true }
    expect(requestHeaders(['Accept-Encoding', 'gzip', 'accept-encoding', 'br'], more)).toEqual([
      ['Accept-Encoding', 'identity'],
    ])
    expect(requestHeaders([], { ...NONE, plain: true })).toEqual([['Accept-Encoding', 'identity']])
  })

  it('whatever is left can be sent', () => {
    for (const [name] of sent('TE', 'x', 'x-a', 'b', 'expect', 'x')) expect(isHeaderAllowed(name)).toBe(true)
  })
})

const SECRET = 'sk_live/9a+B~'
const received = (headers: Record<string, string | string[]>, ...secrets: string[]) =>
  responseHeaders(
    headers,
    secrets.map((secret) => new Secret(secret)),
  )
const named = (name: string, headers: [string, string][]) =>
  headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value)

describe('of a service’s answer', () => {
  it.each([
    'set-cookie',
    'set-cookie2',
    'connection',
    'keep-alive',
    'proxy-authenticate',
    'proxy-anything',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'alt-svc',
    'strict-transport-security',
    'clear-site-data',
    'service-worker-allowed',
    'access-control-allow-origin',
    'access-control-allow-credentials',
    'content-security-policy-report-only',
    'nel',
    'report-to',
    'reporting-endpoints',
    'fenicia-request-id',
    'accept-ch',
    'origin-agent-cluster',
    'speculation-rules',
    'refresh',
    'x-accel-redirect',
    'x-sendfile',
    'x-litespeed-location',
    'x-litespeed-cache-control',
    'surrogate-control',
    'edge-control',
    'cdn-cache-control',
    'cloudflare-cdn-cache-control',
  ])('%s is not passed back', (name) => {
    expect(named(name, received({ [name]: 'x' }))).toEqual([])
    expect(named(name, received({ [name]: ['x', 'y'] }))).toEqual([])
  })

  it('the rest is, twice where it came twice', () => {
    const headers = {
      'content-type': 'text/html; charset=utf-8',
      'content-encoding': 'gzip',
      'content-length': '12',
      'content-disposition': 'attachment; filename="caf\xc3\xa9"',
      etag: '"e"',
      location: 'https://elsewhere.example/',
      'retry-after': '3',
      'www-authenticate': 'Bearer',
      'x-ratelimit-remaining': '7',
      link: ['<a>; rel="next"', '<b>; rel="last"'],
    }
    const pairs = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one]))
    expect(received(headers).slice(0, pairs.length)).toEqual(pairs)
  })

  it('nothing is run or guessed by a browser as ours, and the service has no say in it', () => {
    const ours = [
      ['X-Content-Type-Options', 'nosniff'],
      ['Content-Security-Policy', "sandbox; default-src 'none'"],
    ]
    const theirs = { 'content-security-policy': 'script-src *', 'x-content-type-options': 'maybe' }
    for (const headers of [{}, theirs, { ...theirs, connection: 'content-security-policy, x-content-type-options' }]) {
      const back = received(headers)
      expect(back).toEqual(expect.arrayContaining(ours))
      expect(named('content-security-policy', back)).toHaveLength(1)
      expect(named('x-content-type-options', back)).toHaveLength(1)
    }
  })

  it.each([
    [undefined, 'no-store'],
    ['no-store', 'private, no-store'],
    ['max-age=60', 'private, max-age=60'],
    ['public, max-age=60, s-maxage=600', 'private, max-age=60'],
    ['Public,S-MaxAge=600,must-revalidate', 'private, must-revalidate'],
    ['private', 'private'],
    [
      'private="x-a, x-b", no-cache="set-cookie, public", max-age=1',
      'private, no-cache="set-cookie, public", max-age=1',
    ],
    [['public', 'max-age=1'], 'private, max-age=1'],
  ])('no shared cache may keep it: %j becomes %j', (theirs, ours) => {
    const back = received(theirs === undefined ? {} : { 'cache-control': theirs })
    expect(named('cache-control', back)).toEqual([ours])
    expect(named('vary', back)).toEqual(theirs === undefined ? [] : ['Authorization'])
  })

  it('its request id goes under another name than ours', () => {
    const back = received({ 'x-request-id': 'abc' })
    expect(named('x-request-id', back)).toEqual([])
    expect(named('fenicia-upstream-request-id', back)).toEqual(['abc'])
    expect(named('fenicia-upstream-request-id', received({ 'fenicia-upstream-request-id': 'forged' }))).toEqual([])
  })

  it.each<[Record<string, string | string[]>, string[]]>([
    [{ 'content-length': '0' }, ['0']],
    [{ 'content-length': '1073741824' }, ['1073741824']],
    [{ 'content-length': '12', 'transfer-encoding': 'chunked' }, []],
    [{ 'content-length': ['12', '12'] }, []],
    [{ 'content-length': '12, 12' }, []],
    [{ 'content-length': '-1' }, []],
    [{ 'content-length': '0x10' }, []],
  ])('a length is kept when it can be meant: %j', (headers, kept) => {
    expect(named('content-length', received(headers))).toEqual(kept)
  })

  it('nothing is passed back that its Connection names', () => {
    const back = received({ connection: 'close, X-Hop, x_other', 'x-hop': '1', x_other: '2', 'x-kept': '3' })
    expect([named('x-hop', back), named('x_other', back), named('x-kept', back)]).toEqual([[], [], ['3']])
  })

  it.each([
    ['raw', SECRET],
    ['within', `Bearer ${SECRET}; x`],
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['base64url', Buffer.from(SECRET).toString('base64url')],
    ['hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
    ['URL-encoded', `https://x.example/?k=${encodeURIComponent(SECRET)}`],
    ['Basic', `Basic ${Buffer.from(`shop:${SECRET}`).toString('base64')}`],
  ])('a header that echoes a secret is removed, the others are not: %s', (_what, value) => {
    for (const name of ['x-debug', 'location', 'cache-control', 'x-request-id']) {
      const back = received({ [name]: value, 'x-kept': '1' }, 'shop', SECRET)
      expect(JSON.stringify(back)).not.toContain(JSON.stringify(value).slice(1, -1))
      expect(named('x-kept', back)).toEqual(['1'])
    }
    expect(named('x-debug', received({ 'x-debug': ['harmless', value] }, 'shop', SECRET))).toEqual([])
  })

  it('what node:http would refuse to send is left out', async () => {
    const back = received({ 'x-bad': 'a\u0100b', 'x-bell': 'a\x07b', 'x-tab': 'a\tb', 'x-latin': 'caf\xe9' })
    expect(back.map(([name]) => name).filter((name) => name.startsWith('x-'))).toEqual(['x-tab', 'x-latin'])
    for (const [name, value] of back) {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    }
    expect(() => new Headers(back)).not.toThrow()
  })
})
