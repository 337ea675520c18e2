import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  bulkRevocationInput,
  comparableName,
  createKeyInput,
  expiry,
  keyName,
  regenerateKeyInput,
  revokeKeyInput,
} from './schemas'

const NOW = Date.parse('2026-11-24T12:00:00Z')
beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
  return () => vi.useRealTimers()
})

const problem = (result: { error?: { issues: { path: PropertyKey[]; message: string }[] } }) => {
  const [issue] = result.error?.issues ?? []
  return issue && `${issue.path.join('.')} ${issue.message}`.trim()
}

describe('the name of a key', () => {
  it('has 1 to 64 characters', () => {
    expect(keyName.safeParse('x').success).toBe(true)
    expect(keyName.safeParse('😀'.repeat(64)).success).toBe(true)
    expect(keyName.safeParse('x'.repeat(65)).success).toBe(false)
    expect(keyName.safeParse('').success).toBe(false)
  })

  it.each([
    ['ERP', 'erp'],
    ['Ｅrp', 'ERP'],
    ['Straße', 'STRAßE'],
    ['É', 'e\u0301'],
    ['ΟΔΟΣ', 'οδος'],
    ['ﬁnance', 'FINANCE'],
  ])('is compared without regard to letter case and width: %s is %s', (a, b) => {
    expect(comparableName(a)).toBe(comparableName(b))
  })

  it.each([
    ['ERP', 'ERP 2'],
    ['a b', 'ab'],
    ['e', 'é'],
  ])('is compared character by character: %s is not %s', (a, b) => {
    expect(comparableName(a)).not.toBe(comparableName(b))
  })
})

describe('an expiry', () => {
  it.each([
    ['2026-11-24T12:00:01Z', '2026-11-24T12:00:01.000Z'],
    ['2026-11-24T14:00:01+02:00', '2026-11-24T12:00:01.000Z'],
    ['2036-11-20T00:00:00.500Z', '2036-11-20T00:00:00.500Z'],
  ])('may be %s', (given, taken) => {
    expect(expiry.parse(given)?.toISOString()).toBe(taken)
  })

  it('may be none', () => {
    expect(expiry.parse(null)).toBeNull()
    expect(createKeyInput.parse({ name: 'a', scopes: ['orders:read'] }).expires_at).toBeNull()
  })

  it.each([
    ['2026-11-24T12:00:00Z', 'must be in the future'],
    ['2020-01-01T00:00:00Z', 'must be in the future'],
    ['2037-01-01T00:00:00Z', 'must be within ten years'],
    ['2027-01-31', 'must be a date and time such as 2027-01-31T00:00:00Z, or null'],
    ['2027-02-30T00:00:00Z', 'must be a date and time such as 2027-01-31T00:00:00Z, or null'],
    ['2027-01-31T00:00:00', 'must be a date and time such as 2027-01-31T00:00:00Z, or null'],
    ['+272027-01-31T00:00:00Z', 'must be a date and time such as 2027-01-31T00:00:00Z, or null'],
    ['tomorrow', 'must be a date and time such as 2027-01-31T00:00:00Z, or null'],
    [1_800_000_000, 'must be a date and time such as 2027-01-31T00:00:00Z, or null'],
  ])('is refused when it is %s', (given, message) => {
    expect(problem(expiry.safeParse(given))).toBe(message)
  })
})

describe('a key to make', () => {
  const valid = { name: 'ERP', scopes: ['orders:read'] }

  it('is live, never expires and may make 100 requests in 60 seconds from anywhere unless it says so', () => {
    expect(createKeyInput.parse(valid)).toEqual({
      ...valid,
      environment: 'live',
      expires_at: null,
      integrations: null,
      rate: { requests: 100, seconds: 60 },
      monthly_quota: null,
      addresses: null,
      methods: null,
    })
  })

  it('has its limits in one form, however they were written', () => {
    const limits = { addresses: [' 2001:DB8::/32', '203.0.113.7', '203.0.113.7'], methods: ['POST', 'GET', 'POST'] }
    expect(createKeyInput.parse({ ...valid, ...limits })).toMatchObject({
      addresses: ['2001:db8::/32', '203.0.113.7'],
      methods: ['GET', 'POST'],
    })
  })

  it.each([
    [{ ...valid, name: undefined }, /^name /],
    [{ ...valid, environment: 'prod' }, /^environment must be "live" or "test"$/],
    [{ ...valid, scopes: [] }, /^scopes must name at least one scope$/],
    [{ ...valid, scopes: ['orders:read', 'orders:fly'] }, /^scopes\.1 is not a scope: \/docs\/api lists them$/],
    [{ ...valid, scopes: 'orders:read' }, /^scopes /],
    [{ ...valid, scopes: Array(101).fill('orders:read') }, /^scopes must be 100 scopes or fewer$/],
    [{ ...valid, account_id: 'acc_1' }, /unrecognized key/i],
    [{ ...valid, rate: { requests: 0, seconds: 60 } }, /^rate\.requests must be a whole number from 1 to 1,000,000$/],
    [{ ...valid, rate: { requests: 1.5, seconds: 60 } }, /^rate\.requests must be a whole number from 1 to 1,000,000$/],
    [{ ...valid, rate: { requests: 1, seconds: 86_401 } }, /^rate\.seconds must be a whole number from 1 to 86,400$/],
    [{ ...valid, rate: { requests: 1 } }, /^rate\.seconds /],
    [{ ...valid, monthly_quota: 0 }, /^monthly_quota must be a whole number from 1 to 1,000,000,000, or null$/],
    [{ ...valid, addresses: [] }, /^addresses must name at least one address, or be null for all of them$/],
    [{ ...valid, addresses: ['example.com'] }, /^addresses\.0 must be an IP address or a CIDR range/],
    [{ ...valid, addresses: ['10.0.0.0/33'] }, /^addresses\.0 must be an IP address or a CIDR range/],
    [{ ...valid, addresses: ['010.0.0.1'] }, /^addresses\.0 must be an IP address or a CIDR range/],
    [{ ...valid, addresses: Array.from({ length: 101 }, (_, i) => `10.0.0.${i}`) }, /^addresses must be 100 or fewer$/],
    [{ ...valid, methods: ['TRACE'] }, /^methods\.0 must be one of GET, HEAD, /],
    [{ ...valid, methods: [] }, /^methods must name at least one method, or be null for all of them$/],
  ])('is refused with the field that is wrong: %o', (input, expected) => {
    expect(problem(createKeyInput.safeParse(input))).toMatch(expected)
  })
})

it('a regeneration stops the old token at once unless it says so', () => {
  expect(regenerateKeyInput.parse({})).toEqual({ overlap: 'none', retire_when_silent: false })
})

it.each(['2h', '', 0, null, 'constructor'])('an overlap is not %j', (overlap) => {
  expect(problem(regenerateKeyInput.safeParse({ overlap }))).toBe('overlap must be "none", "1h", "24h" or "7d"')
})

it('a revocation may do without a reason', () => {
  expect(revokeKeyInput.parse({})).toEqual({ reason: null })
  expect(revokeKeyInput.safeParse({ reason: 'x'.repeat(201) }).success).toBe(false)
})

it('a bulk revocation names 1 to 10,000 keys by their ids', () => {
  const id = `key_${'0'.repeat(32)}`
  expect(bulkRevocationInput.safeParse({ keys: [id] }).success).toBe(true)
  for (const keys of [[], ['key_1'], Array(10_001).fill(id)]) {
    expect(bulkRevocationInput.safeParse({ keys }).success).toBe(false)
  }
})
