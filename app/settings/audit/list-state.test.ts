import { expect, it } from 'vitest'
import { createToken } from '@/lib/api-keys/token'
import { auditHref, EXPORT_PATH, isFiltered, parseFilter } from './list-state'

it.each([
  ['', {}],
  ['q=+sync+&from=&x=1', { q: 'sync' }],
  [
    'actor=usr_1&action=api_key.revoked&target=key_1&address=203.0.113.7&from=2026-03-01&to=2026-03-02',
    {
      actor: 'usr_1',
      action: 'api_key.revoked',
      target: 'key_1',
      address: '203.0.113.7',
      from: '2026-03-01',
      to: '2026-03-02',
    },
  ],
])('the address %j narrows by %j', (query, filter) => {
  expect(parseFilter(new URLSearchParams(query))).toEqual(filter)
  expect(isFiltered(filter)).toBe(query !== '')
})

it('no address has a token in it', () => {
  const { token } = createToken('live')
  expect(auditHref(parseFilter(new URLSearchParams({ q: token, target: token })))).not.toContain(token.slice(8, 30))
})

it('the export is of what the list shows', () => {
  expect(auditHref({ q: 'a b' }, { path: EXPORT_PATH })).toBe('/settings/audit/export?q=a+b')
  expect(auditHref({ q: 'a' }, { cursor: 'c' })).toBe('/settings/audit?q=a&cursor=c')
  expect(auditHref({})).toBe('/settings/audit')
})
