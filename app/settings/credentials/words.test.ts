import { expect, it } from 'vitest'
import { typeNames as domainNames } from '@/lib/credentials/schemas'
import { counted, expiryOf, hostText, isTestable, secretName, typeNames } from './words'

it('names the types as the domain does', () => {
  expect(typeNames).toEqual(domainNames)
})

it('leaves out of an origin what goes without saying', () => {
  expect(hostText('https://api.example.com')).toBe('api.example.com')
  expect(hostText('http://erp.local:8080')).toBe('http://erp.local:8080')
})

it('names secret fields, and those of custom headers as their headers', () => {
  expect(secretName('oauth2', 'refresh_token')).toBe('Refresh token')
  expect(secretName('headers', 'key')).toBe('key')
})

it.each([
  [null, null],
  ['2026-05-01T00:00:00Z', 'expired'],
  ['2026-05-16T23:59:59Z', 'expiring'],
  ['2026-05-18T00:00:00Z', null],
] as const)('a secret that ends at %s is %s on 3 May', (expires_at, expected) => {
  expect(expiryOf({ expires_at }, new Date('2026-05-03T00:00:00Z'))).toBe(expected)
})

it('needs a test request, but for OAuth2, where the token endpoint says enough', () => {
  expect(isTestable({ type: 'api_key', test: null })).toBe(false)
  expect(isTestable({ type: 'oauth2', test: null })).toBe(true)
})

it('counts', () => {
  expect([counted(1, 'integration'), counted(1204, 'credential')]).toEqual(['1 integration', '1,204 credentials'])
})
