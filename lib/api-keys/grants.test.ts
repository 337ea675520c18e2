import { describe, expect, it } from 'vitest'
import { type Permission, permissionsOf } from '../accounts/permissions'
import { type Grantor, personGrantor, requireGrantable } from './grants'

const SOON = new Date('2027-01-01T00:00:00Z')
const LATER = new Date('2028-01-01T00:00:00Z')
const maker = {
  scopes: ['orders:*', 'keys:create', 'integrations:use'],
  integrationIds: null,
  environment: 'live',
  expiresAt: null,
  retiresAt: null,
  rate: null,
  monthlyQuota: null,
  addresses: null,
  methods: null,
} as const
const wanted = {
  scopes: ['orders:read'],
  integrationIds: null,
  environment: 'live',
  expiresAt: null,
  rate: null,
  monthlyQuota: null,
  addresses: null,
  methods: null,
} as const

const RATE = { requests: 100, seconds: 60 }
const ONE = 'int_1'
const TWO = 'int_2'
const USE = { scopes: ['integrations:use'] }

/** The field that a grant is refused for; null when it is not refused. */
function refusedFor(
  grantor: Partial<NonNullable<Grantor>> | null,
  grant: Partial<typeof wanted> | Record<string, unknown>,
) {
  try {
    requireGrantable(grantor && ({ ...maker, ...grantor } as Grantor), { ...wanted, ...grant })
    return null
  } catch (error) {
    const { code, fields } = error as { code: string; fields: { field: string }[] }
    expect(code).toBe('scope_not_held')
    return fields[0]?.field
  }
}

describe('a person', () => {
  it('may grant anything', () => {
    expect(refusedFor(null, { scopes: ['keys:manage', 'credentials:*'], environment: 'live' })).toBeNull()
  })
})

describe('a key', () => {
  it.each([
    ['a scope it has', {}, {}, null],
    ['a scope of a resource that it has all of', {}, { scopes: ['orders:delete'] }, null],
    ['all of a resource that it has all of', {}, { scopes: ['orders:*'] }, null],
    ['a scope it lacks', {}, { scopes: ['orders:read', 'products:read'] }, 'scopes'],
    ['more of keys than it has', {}, { scopes: ['keys:manage'] }, 'scopes'],
    [
      'all of a resource of which it has each action',
      { scopes: ['inventory:read', 'inventory:update'] },
      { scopes: ['inventory:*'] },
      'scopes',
    ],
    ['all integrations, being bound to one', { integrationIds: [ONE] }, USE, 'integrations'],
    [
      'another integration, being bound to one',
      { integrationIds: [ONE] },
      { ...USE, integrationIds: [TWO] },
      'integrations',
    ],
    ['one more integration', { integrationIds: [ONE] }, { ...USE, integrationIds: [ONE, TWO] }, 'integrations'],
    ['the integration that it is bound to', { integrationIds: [ONE] }, { ...USE, integrationIds: [ONE] }, null],
    ['one integration, being bound to none', {}, { ...USE, integrationIds: [ONE] }, null],
    ['scopes that reach no integration, being bound to one', { integrationIds: [ONE] }, {}, null],
    ['a test key', {}, { environment: 'test' }, null],
    ['a test key, being one', { environment: 'test' }, { environment: 'test' }, null],
    ['a live key, being a test key', { environment: 'test' }, {}, 'environment'],
    ['a life without end, having one', {}, {}, null],
    ['a life as long as its own', { expiresAt: SOON }, { expiresAt: SOON }, null],
    ['a shorter life', { expiresAt: LATER }, { expiresAt: SOON }, null],
    ['a longer life', { expiresAt: SOON }, { expiresAt: LATER }, 'expires_at'],
    ['a life longer by a millisecond', { expiresAt: SOON }, { expiresAt: new Date(SOON.getTime() + 1) }, 'expires_at'],
    ['a life without end, having none', { expiresAt: SOON }, {}, 'expires_at'],
    ['a rate, having none', {}, { rate: RATE }, null],
    ['its own rate', { rate: RATE }, { rate: RATE }, null],
    ['a lower rate', { rate: RATE }, { rate: { requests: 10, seconds: 60 } }, null],
    ['no rate, having one', { rate: RATE }, {}, 'rate'],
    ['a higher rate', { rate: RATE }, { rate: { requests: 101, seconds: 60 } }, 'rate'],
    ['its own rate in less time', { rate: RATE }, { rate: { requests: 100, seconds: 59 } }, 'rate'],
    ['more at once, though no more on average', { rate: RATE }, { rate: { requests: 200, seconds: 120 } }, 'rate'],
    ['its own quota', { monthlyQuota: 50 }, { monthlyQuota: 50 }, null],
    ['a higher quota', { monthlyQuota: 50 }, { monthlyQuota: 51 }, 'monthly_quota'],
    ['no quota, having one', { monthlyQuota: 50 }, {}, 'monthly_quota'],
    ['an address of its range', { addresses: ['10.0.0.0/8'] }, { addresses: ['10.1.2.3', '10.2.0.0/16'] }, null],
    ['an address outside', { addresses: ['10.0.0.0/8'] }, { addresses: ['10.1.2.3', '11.0.0.1'] }, 'addresses'],
    ['a wider range', { addresses: ['10.0.0.0/8'] }, { addresses: ['10.0.0.0/7'] }, 'addresses'],
    ['all addresses, having some', { addresses: ['10.0.0.0/8'] }, {}, 'addresses'],
    ['a method it has', { methods: ['GET', 'POST'] }, { methods: ['GET'] }, null],
    ['another method', { methods: ['GET'] }, { methods: ['GET', 'POST'] }, 'methods'],
    ['all methods, having some', { methods: ['GET'] }, {}, 'methods'],
    [
      'a life beyond its overlap, being retired',
      { expiresAt: LATER, retiresAt: SOON },
      { expiresAt: LATER },
      'expires_at',
    ],
    ['a life without end, being retired', { retiresAt: SOON }, {}, 'expires_at'],
    ['a life within its overlap', { expiresAt: LATER, retiresAt: SOON }, { expiresAt: SOON }, null],
  ] as [string, Partial<NonNullable<Grantor>>, Record<string, unknown>, string | null][])(
    'granting %s',
    (_, grantor, grant, field) => {
      expect(refusedFor(grantor, grant)).toBe(field)
    },
  )
})

it.each<[string, readonly Permission[], string[], string | null]>([
  [
    'an admin gives whatever there is',
    permissionsOf('admin'),
    ['orders:*', 'keys:*', 'credentials:*', 'audit:read'],
    null,
  ],
  ['nobody gives what they may not do', ['keys:read', 'keys:create'], ['credentials:delete'], 'credentials:delete'],
  ['nor all of what they may do a part of', ['keys:read', 'keys:create'], ['keys:*'], 'keys:*'],
  ['nor what a person has no use for themselves', ['keys:read', 'keys:create'], ['keys:verify'], 'keys:verify'],
  ['but what they may', ['keys:read', 'keys:create'], ['keys:read', 'keys:create'], null],
  ['and what is no matter of this plane', ['keys:read', 'keys:create'], ['orders:*', 'insights:read'], null],
])('of a person: %s', (_, permissions, scopes, lacking) => {
  const give = () => requireGrantable(personGrantor({ permissions }), { ...wanted, scopes })
  if (lacking === null) give()
  else expect(give).toThrow(`A key can't do what its maker may not: your role lacks ${lacking}.`)
})
