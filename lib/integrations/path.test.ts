import { describe, expect, it } from 'vitest'
import { isPathPattern, isPathRefused, joinPath, matchesPath, PathRefusedError } from './path'

const BASE = 'https://api.example.com/v1'

/** What is refused, with words of the reason, so that none is refused by chance. */
const HOSTILE: [path: string, reason: RegExp][] = [
  ...[
    '.',
    '..',
    './',
    '../',
    '../admin',
    './admin',
    'orders/.',
    'orders/..',
    'orders/../admin',
    'orders/./1',
    'orders/../../admin',
    '%2e',
    '%2E',
    '%2e%2e',
    '%2E%2e/admin',
    '%2e./admin',
    '.%2E/admin',
    'orders/%2e%2E/admin',
    'orders/.%2e',
    'orders/%2e/1',
    '..;',
    '..;/admin',
    'orders/..;a=b/admin',
    '.;/admin',
    '%2e%2e;/admin',
    '..%3b/admin',
    '..%3Ba=b/admin',
    '..%20/admin',
    '%20../admin',
    '..%E2%80%8B/admin',
    '%EF%BC%8E%EF%BC%8E/admin',
    '%E2%80%A5/admin',
    'orders/%EF%BC%8E%EF%BC%8E%EF%BC%8Fadmin',
    'orders/..%EF%BC%8Fadmin',
  ].map((path): [string, RegExp] => [path, /as a segment/]),
  ...[
    '..\\admin',
    'orders\\..\\admin',
    '\\\\evil.example',
    'orders\\1',
    'orders%5cadmin',
    'orders%5C..%5Cadmin',
    '%2f',
    '%2F%2Fevil.example',
    'orders%2f..%2fadmin',
    '..%2fadmin',
    '..%2Fadmin',
    '%2e%2e%2fadmin',
    'https:%2f%2fevil.example',
  ].map((path): [string, RegExp] => [path, /slash/]),
  ...[
    '%252e%252e/admin',
    '%252E%252e/admin',
    '.%252e/admin',
    '%252e',
    'orders%252f..%252fadmin',
    '..%252fadmin',
    'orders%252Fadmin',
    '..%255cadmin',
    '%25%32%65%25%32%65/admin',
    '%25%32%66admin',
    '%25c0%25ae%25c0%25ae/admin',
    '%25c0%25af',
    '%25u002e%25u002e/admin',
    '%25252e%25252e/admin',
    '%25252fadmin',
    '%25255cadmin',
    '%252525252e',
  ].map((path): [string, RegExp] => [path, /encoded twice|slash|as a segment|too many times/]),
  ...['%2525252541', '%25252525252525252561'].map((path): [string, RegExp] => [path, /too many times/]),
  ...['/', '//', '/evil.example', '//evil.example/x', '///evil.example', '/../admin'].map((path): [string, RegExp] => [
    path,
    /empty segment/,
  ]),
  ...[
    'https://evil.example',
    'HTTP://evil.example/x',
    'https:evil.example',
    'http:/evil.example',
    'ftp://evil.example',
    'file:///etc/passwd',
    'https%3a//evil.example',
    'h%74tps://evil.example',
  ].map((path): [string, RegExp] => [path, /whole address/]),
  ...['orders/%00', 'orders%00.json', '%0d%0aHost:evil', 'a%0Ab', 'a%09b', '%1f', '%7f', '%C2%85', '%2500'].map(
    (path): [string, RegExp] => [path, /control character/],
  ),
  ...[
    '%',
    'a%',
    'a%2',
    'a%zz',
    '%u002e%u002e/admin',
    '%c0%ae%c0%ae/admin',
    '%c0%af',
    '%e0%80%ae',
    '%ff',
    '%e9',
    '%ed%a0%80',
  ].map((path): [string, RegExp] => [path, /UTF-8/]),
  ...['a#b', '#', 'a?b', 'a b', 'a\0b', 'a\r\nb', 'a\tb', 'a\x7fb', 'caf\xe9', 'orders/\u2025'].map(
    (path): [string, RegExp] => [path, /percent-encode/],
  ),
  ['a'.repeat(4_097), /longer/],
]

describe('a path that could lead elsewhere is refused:', () => {
  it.each(HOSTILE)('%j', (path, reason) => {
    const refusal = errorOf(() => joinPath(BASE, path, null))
    expect(refusal).toBeInstanceOf(PathRefusedError)
    expect(isPathRefused(refusal)).toBe(true)
    expect((refusal as Error).message).toMatch(reason)
    // Below the root there is nothing to climb to, yet something else to reach.
    expect(isPathRefused(errorOf(() => joinPath('https://api.example.com', path, null)))).toBe(true)
    // Deeper in a path too, where a slash at the beginning is no empty first segment any more.
    if (!/empty segment|whole address|longer/.test(reason.source)) {
      expect(isPathRefused(errorOf(() => joinPath(BASE, `orders/${path}/x`, null)))).toBe(true)
    }
  })

  it('of which there are many', () => expect(HOSTILE.length).toBeGreaterThan(100))
})

describe('a path is called as it was sent:', () => {
  it.each([
    'orders',
    'orders/',
    'orders/1',
    'orders//1',
    'a%20b',
    'caf%C3%A9',
    'caf%c3%a9',
    '%41',
    'file.json',
    'file%2ejson',
    '.well-known/x',
    '..hidden',
    'a..b',
    '...',
    'main...dev',
    'v1/orders:batchGet',
    'orders:batchGet',
    'urn:isbn:1',
    'fetch/https://example.org/',
    'a;v=1/b',
    'a;..',
    'a=b&c+d,e',
    "(a)!*'~$@-_",
    '100%25',
    '100%25de',
    'a%2541',
    'items(1)',
    '%E5%92%8C%EF%BC%8F%E6%B4%8B',
    '%F0%9F%98%80',
    '[1]|x',
    'a'.repeat(4_096),
  ])('%j', (path) => {
    expect(joinPath(BASE, path, null)).toEqual({ url: `${BASE}/${path}`, path: `/${path}` })
    expect(new URL(`${BASE}/${path}`).pathname).toBe(`/v1/${path}`)
    expect(joinPath('https://api.example.com', path, 'a=%2e%2e%2f').url).toBe(
      `https://api.example.com/${path}?a=%2e%2e%2f`,
    )
  })

  it.each([
    ['https://h.example', 'x', null, 'https://h.example/x'],
    ['https://h.example/', 'x', null, 'https://h.example/x'],
    ['https://h.example/v1/', 'x', null, 'https://h.example/v1/x'],
    ['https://h.example/v1', '', null, 'https://h.example/v1'],
    ['https://h.example/v1/', '', null, 'https://h.example/v1/'],
    ['https://h.example', '', null, 'https://h.example/'],
    ['https://h.example/v1', '', 'a=1', 'https://h.example/v1?a=1'],
    ['https://h.example/v1', 'x', '', 'https://h.example/v1/x'],
    ['https://h.example/v1', 'x', 'a=1&a=2', 'https://h.example/v1/x?a=1&a=2'],
    ['https://h.example/v1', 'x', '%41&=&&b', 'https://h.example/v1/x?%41&=&&b'],
    ['https://h.example/v1', 'x', "q='a'&r=100%", "https://h.example/v1/x?q='a'&r=100%"],
    ['https://h.example:8443/v1', 'x', null, 'https://h.example:8443/v1/x'],
    ['https://h.example/caf%C3%A9', 'x', null, 'https://h.example/caf%C3%A9/x'],
  ])('%s and %j and %j', (base, path, query, url) => {
    expect(joinPath(base, path, query).url).toBe(url)
  })

  it('and the base is “/”', () => expect(joinPath(BASE, '', null).path).toBe('/'))
})

it.each(['a b', 'a#b', 'a\\b', 'a\0', 'a\r\nb', 'caf\xe9', 'a'.repeat(8_192)])('a query is refused: %j', (query) => {
  expect(isPathRefused(errorOf(() => joinPath(BASE, 'x', query)))).toBe(true)
})

it('whatever is put together of hostile pieces is refused or stays below the base', () => {
  const pieces = [
    '.',
    '..',
    '/',
    '//',
    '\\',
    '%2e',
    '%2E',
    '%2f',
    '%5c',
    '%25',
    '2e',
    '2f',
    ';',
    ':',
    '@',
    'a',
    '%',
    '?',
    '#',
  ]
  pieces.push('https:', 'evil.example', '%00', '%20', ' ', '\t', '\n', '%c0%ae', '%ef%bc%8e', '%3b', '{', '[', '*')
  let seed = 1
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  let accepted = 0
  for (let round = 0; round < 20_000; round++) {
    const path = Array.from({ length: 1 + random(6) }, () => pieces[random(pieces.length)]).join('')
    const result = errorOf(() => joinPath(BASE, path, null))
    if (isPathRefused(result)) continue
    expect(result).toBeUndefined()
    accepted += 1
    const { origin, pathname } = new URL(joinPath(BASE, path, null).url)
    // As a server may see it that decodes, decodes again, takes backslashes for slashes and drops parameters.
    for (const seen of [pathname, decodeURIComponent(pathname), twiceDecoded(pathname)]) {
      const climbed = new URL(seen.replaceAll('\\', '/').replace(/;[^/]*/g, ''), 'https://api.example.com')
      expect(`${origin}${climbed.pathname}/`, path).toMatch(/^https:\/\/api\.example\.com\/v1\//)
    }
  }
  expect(accepted).toBeGreaterThan(500)
})

describe('patterns of paths', () => {
  it.each<[pattern: string, path: string, matched: boolean]>([
    ['/orders', '/orders', true],
    ['/orders', '/orders/', false],
    ['/orders', '/orders/1', false],
    ['/orders', '/Orders', false],
    ['/orders', '/ordersx', false],
    ['/orders', '/v2/orders', false],
    ['/orders', '/orders;a=b', false],
    ['/orders', '/%6frders', true],
    ['/%6frders', '/orders', true],
    ['/café', '/caf%C3%A9', true],
    ['/caf%c3%a9', '/caf%C3%A9', true],
    ['/orders/*', '/orders/1', true],
    ['/orders/*', '/orders', false],
    ['/orders/*', '/orders/', false],
    ['/orders/*', '/orders/1/items', false],
    ['/orders/*', '/orders//', false],
    ['/orders/*/items', '/orders/1/items', true],
    ['/orders/*/items', '/orders//items', false],
    ['/orders/**', '/orders', true],
    ['/orders/**', '/orders/', true],
    ['/orders/**', '/orders/1/items', true],
    ['/orders/**', '/ordersx', false],
    ['/orders/**', '/', false],
    ['/*/**', '/orders', true],
    ['/*/**', '/', false],
    ['/**', '/', true],
    ['/**', '/a/b', true],
    ['/', '/', true],
    ['/', '/a', false],
    ['/a%2Ab', '/a*b', true],
    ['/%2A', '/x', false],
    ['/orders', '/%zz', false],
  ])('%s and %s: %s', (pattern, path, matched) => expect(matchesPath([pattern], path)).toBe(matched))

  it('without any, all paths match; with several, one that matches is enough', () => {
    expect(matchesPath([], '/anything')).toBe(true)
    expect(matchesPath(['/a', '/b'], '/b')).toBe(true)
    expect(matchesPath(['/a', '/b'], '/c')).toBe(false)
  })

  it.each([
    '/',
    '/orders',
    '/orders/',
    '/orders/*',
    '/orders/*/items',
    '/orders/**',
    '/**',
    '/*',
    '/café',
    '/a%20b',
    '/a:b',
  ])('%s is one', (text) => expect(isPathPattern(text)).toBe(true))

  it.each([
    '',
    'orders',
    '//orders',
    '/a//b',
    '/..',
    '/%2e%2e/x',
    '/a/../b',
    '/..;/x',
    '/a%2fb',
    '/a\\b',
    '/a?b',
    '/a#b',
    '/a b',
    '/ord*',
    '/**/x',
    '/***',
    '/%zz',
    '/a%00',
    '/a\ud800',
    '/\udfff/**',
    'https://h.example/x',
    `/${'a'.repeat(512)}`,
  ])('%j is none', (text) => expect(isPathPattern(text)).toBe(false))
})

function errorOf(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}

/** Decodes all ASCII once more, beside what can't be decoded. */
function twiceDecoded(pathname: string): string {
  const ascii = /%([0-7][0-9a-f])/gi
  const decode = (_: string, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))
  return pathname.replace(ascii, decode).replace(ascii, decode)
}
