import { describe, expect, it } from 'vitest'
import { admitKey, type Entry } from './admission'
import { Allowance, type LimitsSeen } from './leases'
import type { KeyRecord } from './lookup'

const key: KeyRecord = {
  tokenHash: 'hash',
  id: 'key_1',
  name: 'ERP',
  environment: 'live',
  scopes: [],
  integrationIds: null,
  expiresAt: null,
  retiresAt: null,
  status: 'active',
  accountId: 'acc_1',
  accountName: 'A shop',
  accountAddresses: null,
  rehearsedAt: null,
  rate: null,
  monthlyQuota: null,
  addresses: null,
  methods: null,
  allowance: null,
}

/** An allowance of which so much is leased. */
function allowance(rate: number, quota: number | null = null): Allowance {
  const seen: LimitsSeen = {
    keyId: 'key_1',
    accountId: 'acc_1',
    rate: { requests: 10, seconds: 60 },
    monthlyQuota: quota === null ? null : 10,
    now: 1_000,
    window: { start: 1_000, end: 61_000, leased: rate, granted: rate },
    month: { start: 0, end: 1_000_000, leased: quota ?? 0, granted: quota ?? 0 },
  }
  return new Allowance(seen, performance.now(), performance.now())
}

const here: Entry = { address: '203.0.113.7', method: 'POST' }

function verdict(change: Partial<KeyRecord> | null, entry: Partial<Entry> = {}): string {
  const admission = admitKey(change && { ...key, ...change }, { ...here, ...entry })
  return admission.admitted ? 'admitted' : admission.reason
}

describe('a request', () => {
  it.each([
    ['no key', null, {}, 'unknown'],
    ['an active key', {}, {}, 'admitted'],
    ['a retiring key', { status: 'retiring' }, {}, 'admitted'],
    ['a revoked key', { status: 'revoked' }, {}, 'revoked'],
    ['an expired key', { status: 'expired' }, {}, 'expired'],
    ['a retired key', { status: 'retired' }, {}, 'retired'],
    ['a paused key', { status: 'paused' }, {}, 'paused'],
    ['a key from its address', { addresses: ['203.0.113.0/24'] }, {}, 'admitted'],
    ['a key from elsewhere', { addresses: ['198.51.100.1'] }, {}, 'address_not_allowed'],
    ['a key from nowhere', { addresses: ['203.0.113.0/24'] }, { address: null }, 'address_not_allowed'],
    ['a key from its account’s address', { accountAddresses: ['203.0.113.7'] }, {}, 'admitted'],
    [
      'a key from its address, not its account’s',
      { addresses: ['203.0.113.7'], accountAddresses: ['198.51.100.1'] },
      {},
      'address_not_allowed',
    ],
    [
      'a key from its account’s address, not its own',
      { addresses: ['198.51.100.1'], accountAddresses: ['203.0.113.7'] },
      {},
      'address_not_allowed',
    ],
    ['a key from anywhere, when nobody asks', {}, { address: null, method: null }, 'admitted'],
    ['a key with its method', { methods: ['GET', 'POST'] }, {}, 'admitted'],
    ['a key with another method', { methods: ['GET'] }, {}, 'method_not_allowed'],
    ['a key with HEAD, which is GET without a body', { methods: ['GET'] }, { method: 'HEAD' }, 'admitted'],
    ['a key with GET, which is more than HEAD', { methods: ['HEAD'] }, { method: 'GET' }, 'method_not_allowed'],
    ['a key with no method that anybody names', { methods: ['GET'] }, { method: null }, 'method_not_allowed'],
    ['a key with a rate', { allowance: allowance(10) }, {}, 'admitted'],
    ['a key whose rate is used up', { allowance: allowance(0) }, {}, 'rate_limited'],
    ['a key whose quota is used up', { allowance: allowance(10, 0) }, {}, 'quota_exceeded'],
    ['a revoked key from elsewhere', { status: 'revoked', addresses: ['198.51.100.1'] }, {}, 'revoked'],
  ] as [string, Partial<KeyRecord> | null, Partial<Entry>, string][])('with %s', (_, change, entry, expected) => {
    expect(verdict(change, entry)).toBe(expected)
  })

  it('that is refused uses up nothing', () => {
    const left = allowance(1)
    expect(verdict({ allowance: left, addresses: ['198.51.100.1'] })).toBe('address_not_allowed')
    expect(verdict({ allowance: left, methods: ['GET'] })).toBe('method_not_allowed')
    expect(verdict({ allowance: left, status: 'paused' })).toBe('paused')
    expect(verdict({ allowance: left })).toBe('admitted')
    expect(verdict({ allowance: left })).toBe('rate_limited')
  })

  it('beyond the rate uses up nothing of the month', () => {
    const left = allowance(1, 5)
    expect([verdict({ allowance: left }), verdict({ allowance: left })]).toEqual(['admitted', 'rate_limited'])
    expect(left.quota?.remaining).toBe(9)
  })
})
