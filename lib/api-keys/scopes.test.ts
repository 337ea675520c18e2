import { describe, expect, it } from 'vitest'
import { hasScope, isScope, missingScopes, normalizeScopes, scopeCatalogue } from './scopes'

const all = Object.entries(scopeCatalogue).flatMap(([resource, actions]) => actions.map((a) => `${resource}:${a}`))

describe('the catalogue', () => {
  it('has the resources of Fenicia and of this plane', () => {
    const resources =
      'orders products customers inventory channels integrations settings insights keys credentials webhooks audit'
    expect(Object.keys(scopeCatalogue).join(' ')).toBe(resources)
  })

  it.each([...all, 'orders:*', 'keys:*'])('knows %s', (scope) => {
    expect(isScope(scope)).toBe(true)
  })

  it.each([
    '',
    '*',
    '*:*',
    ':',
    'orders',
    'orders:',
    ':read',
    'orders:fly',
    'rockets:read',
    'Orders:read',
    'orders:read ',
    '__proto__:*',
  ])('does not know %j', (scope) => {
    expect(isScope(scope)).toBe(false)
  })
})

describe('what is granted × what is required:', () => {
  it.each<[granted: string[], required: string, has: boolean]>([
    [['orders:read'], 'orders:read', true],
    [['orders:read'], 'orders:create', false],
    [['orders:read'], 'products:read', false],
    [['orders:read', 'products:read'], 'products:read', true],
    [['orders:*'], 'orders:read', true],
    [['orders:*'], 'orders:delete', true],
    [['orders:*'], 'orders:*', true],
    [['orders:*'], 'products:read', false],
    [['orders:read'], 'orders:*', false],
    // All actions of today are not those of tomorrow.
    [['orders:read', 'orders:create', 'orders:update', 'orders:delete'], 'orders:*', false],
    [['insights:read'], 'insights:*', false],
    [[], 'orders:read', false],
    // What nobody could have been granted is held by nobody.
    [['orders:*'], 'orders:fly', false],
    [['orders:*'], 'orders', false],
    [['orders:*'], 'ordersX', false],
    [['orders:*'], '', false],
    [['orders:*'], '*', false],
    [['*'], 'orders:read', false],
    [['*:*'], 'orders:read', false],
    [['rockets:*'], 'rockets:launch', false],
  ])('%j × %s is %s', (granted, required, has) => {
    expect(hasScope(granted, required)).toBe(has)
  })

  it('an action is held through itself and the wildcard of its resource, and through no other scope', () => {
    for (const required of all) {
      const resource = required.split(':')[0]
      for (const granted of [...all, ...Object.keys(scopeCatalogue).map((r) => `${r}:*`)]) {
        expect(hasScope([granted], required)).toBe(granted === required || granted === `${resource}:*`)
      }
    }
  })

  it('what is missing is named in the order it was asked for', () => {
    expect(missingScopes(['orders:*', 'keys:read'], ['keys:manage', 'orders:read', 'products:read'])).toEqual([
      'keys:manage',
      'products:read',
    ])
  })
})

describe('a list of scopes', () => {
  it.each<[given: string[], normal: string[]]>([
    [
      ['products:read', 'orders:read'],
      ['orders:read', 'products:read'],
    ],
    [['orders:read', 'orders:read'], ['orders:read']],
    [
      ['orders:read', 'orders:*', 'products:read'],
      ['orders:*', 'products:read'],
    ],
    [
      ['orders:delete', 'orders:create', 'orders:update', 'orders:read'],
      ['orders:read', 'orders:create', 'orders:update', 'orders:delete'],
    ],
    [['orders:fly'], []],
  ])('%j is kept as %j', (given, normal) => {
    expect(normalizeScopes(given)).toEqual(normal)
  })

  it('grants the same whichever way it is written', () => {
    const given = [...all].reverse().filter((_, index) => index % 3 === 0)
    for (const scope of all) expect(hasScope(normalizeScopes(given), scope)).toBe(hasScope(given, scope))
  })
})
