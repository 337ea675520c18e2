import { expect, it } from 'vitest'
import { localPath } from './local-path'

it.each([
  ['/', '/'],
  ['/settings/api-keys', '/settings/api-keys'],
  ['/settings/api-keys?status=review&q=a%20b#top', '/settings/api-keys?status=review&q=a%20b#top'],
  ['/a/../settings', '/settings'],
  ['/apiary', '/apiary'],
])('a redirect may lead to our own page %s', (wanted, path) => {
  expect(localPath(wanted, '/fallback')).toBe(path)
})

it.each([
  undefined,
  null,
  '',
  'https://evil.example',
  'HTTPS://evil.example/',
  'javascript:alert(1)',
  'data:text/html,x',
  'settings',
  'evil.example/path',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/settings\\..\\..',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/a/..//evil.example',
  '/%2e%2e//evil.example',
  '//',
  '/\u0000',
  // Not pages: they would end the session, or show what only programs read.
  '/api/auth/signout',
  '/x/../api/auth/signout',
])('a redirect never leads to %j', (wanted) => {
  expect(localPath(wanted, '/fallback')).toBe('/fallback')
})

it('leads a browser to our own host, whatever it accepts', () => {
  const accepted = [
    '/%2f%2fevil.example',
    '/%5cevil.example',
    '/@evil.example',
    '/:80',
    '/?next=//evil.example',
    '/;//x',
  ]
  for (const wanted of accepted) {
    expect(new URL(localPath(wanted), 'https://fenicia.example').origin, wanted).toBe('https://fenicia.example')
  }
})
