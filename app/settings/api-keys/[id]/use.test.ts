import { expect, it } from 'vitest'
import { grantedUse, type KeyUse, refusedByDay, total, usedFrom } from './use'

const hour = (started_at: string, over: Partial<KeyUse['data'][number]> = {}): KeyUse['data'][number] => ({
  started_at,
  span: 'hour',
  requests: 1,
  refused: 0,
  refusals: {},
  statuses: {},
  scopes: {},
  addresses: {},
  ...over,
})
const use: KeyUse = {
  data: [
    hour('2026-03-06T10:00:00.000Z', { refused: 2, refusals: { paused: 2 }, addresses: { a: 9, '': 1 } }),
    hour('2026-03-06T11:00:00.000Z', { refused: 1, refusals: { paused: 1 }, addresses: { b: 1 } }),
    hour('2026-03-07T00:00:00.000Z', { addresses: { b: 1, c: 3 } }),
  ],
  scopes: {
    watched_since: null,
    has_unnamed: false,
    last_used: { 'orders:read': '2026-03-06T10:00:00.000Z', 'orders:create': '2026-03-07T10:00:00.000Z' },
  },
}

it('adds hours up', () => {
  expect(total(use, 'refusals')).toEqual({ paused: 3 })
  expect([...refusedByDay(use)]).toEqual([
    ['2026-03-06', 3],
    ['2026-03-07', 0],
  ])
})

it('has the addresses that called last first, and of one hour those that called most', () => {
  expect(usedFrom(use).map(({ address, requests }) => `${address} ${requests}`)).toEqual(['c 3', 'b 2', 'a 9', ' 1'])
})

it('counts all of a resource as used when anything of it is, and one action by itself alone', () => {
  const granted = grantedUse({ scopes: ['orders:*', 'orders:read', 'products:*'] }, use)
  expect(granted).toEqual([
    { scope: 'orders:*', lastUsed: '2026-03-07T10:00:00.000Z' },
    { scope: 'orders:read', lastUsed: '2026-03-06T10:00:00.000Z' },
    { scope: 'products:*', lastUsed: null },
  ])
})
