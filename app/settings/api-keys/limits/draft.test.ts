import { describe, expect, it } from 'vitest'
import { createKeyInput, keyLimitsInput } from '@/lib/api-keys'
import { draftOf, type LimitsDraft, limitsInput, NEW_LIMITS } from './draft'
import { limitsSummary } from './words'

describe('limits in a form', () => {
  it('are those that a new key gets when nobody says otherwise', () => {
    const { rate, monthly_quota, addresses, methods } = createKeyInput.parse({ name: 'ERP', scopes: ['orders:read'] })
    expect(limitsInput(NEW_LIMITS)).toEqual({ rate, monthly_quota, addresses, methods })
  })

  it.each([
    { rate: null, monthly_quota: null, addresses: null, methods: null },
    { rate: { requests: 5, seconds: 7 }, monthly_quota: 10_000, addresses: ['10.0.0.0/8', '::1'], methods: ['GET'] },
  ])('are the same after an edit that changes nothing: %o', (limits) => {
    expect(keyLimitsInput.parse(limitsInput(draftOf(limits)))).toEqual(limits)
  })

  it.each([
    [{ requests: '10,000' }, { rate: { requests: 10_000, seconds: 60 } }],
    [{ requests: 'many' }, { rate: { requests: 'many', seconds: 60 } }],
    [{ requests: '' }, { rate: { requests: '', seconds: 60 } }],
    [{ hasRate: false, requests: 'many' }, { rate: null }],
    [{ quota: ' ' }, { monthly_quota: null }],
    [{ quota: '1 000' }, { monthly_quota: 1_000 }],
    [{ quota: '-1' }, { monthly_quota: '-1' }],
    [{ addresses: ' 10.0.0.1,10.0.0.2\n\n::1 ' }, { addresses: ['10.0.0.1', '10.0.0.2', '::1'] }],
    [{ addresses: ' \n' }, { addresses: null }],
    [{ methods: new Set(['GET']) }, { methods: ['GET'] }],
    [{ methods: new Set<string>() }, { methods: [] }],
  ] as [Partial<LimitsDraft>, object][])('that were typed as %o go as %o', (change, expected) => {
    expect(limitsInput({ ...NEW_LIMITS, ...change })).toMatchObject(expected)
  })
})

it.each([
  [{ rate: null, monthly_quota: null, addresses: null, methods: null }, 'Any number of requests'],
  [
    { rate: { requests: 1, seconds: 60 }, monthly_quota: 5_000, addresses: ['::1'], methods: ['GET', 'POST'] },
    '1 request in 1 minute, 5,000 in a month, from 1 address, with GET, POST only',
  ],
  [
    { rate: { requests: 100, seconds: 7 }, monthly_quota: null, addresses: ['::1', '::2'], methods: null },
    '100 requests in 7 seconds, from 2 addresses',
  ],
])('limits in one line: %o', (limits, expected) => {
  expect(limitsSummary(limits)).toBe(expected)
})
