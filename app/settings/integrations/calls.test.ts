import { expect, it } from 'vitest'
import { type Call, callersOf, callLook, callsPath, errorRate } from './calls'

it('asks for a page of calls', () => {
  expect(callsPath('int_1')).toBe('/integrations/int_1/calls?limit=10&result=all')
  expect(callsPath('int_1', { result: 'failed', cursor: 'a b', limit: 100 })).toBe(
    '/integrations/int_1/calls?limit=100&result=failed&cursor=a+b',
  )
})

it.each([
  ['answered', 200, 'success', 'Answered 200'],
  ['answered', 302, 'success', 'Answered 302'],
  ['answered', 404, 'warning', 'Answered 404'],
  ['answered', 503, 'error', 'Answered 503'],
  ['timeout', 504, 'error', 'Timed out'],
  ['token_unavailable', 502, 'error', 'No token'],
  ['called_off', 502, 'ended', 'Called off'],
] as const)('%s with %s is shown as %s, %s', (outcome, status, tone, word) => {
  expect(callLook({ outcome, status })).toEqual({ tone, word })
})

it.each([
  [0, 0, '0 %'],
  [10, 0, '0 %'],
  [100_000, 1, 'under 0.1 %'],
  [250, 1, '0.4 %'],
  [100, 2, '2 %'],
  [8, 1, '13 %'],
  [3, 3, '100 %'],
])('of %s calls %s failed: %s', (calls, failed, rate) => expect(errorRate({ calls, failed })).toBe(rate))

it('names each caller once, with its latest call', () => {
  const call = (at: string, who: Partial<Call>) => ({ key: null, user: null, at, ...who }) as Call
  const erp = { key: { id: 'key_1', name: 'ERP' } }
  expect(
    callersOf([
      call('2026-03-03', erp),
      call('2026-03-02', { user: { id: 'usr_1', name: 'Hanna' } }),
      call('2026-03-01', erp),
      call('2026-02-28', { key: { id: 'key_2', name: null } }),
    ]),
  ).toEqual([
    { id: 'key_1', name: 'ERP', isKey: true, calls: 2, lastAt: '2026-03-03' },
    { id: 'usr_1', name: 'Hanna', isKey: false, calls: 1, lastAt: '2026-03-02' },
    { id: 'key_2', name: 'a key that was deleted', isKey: true, calls: 1, lastAt: '2026-02-28' },
  ])
})
