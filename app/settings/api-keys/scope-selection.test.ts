import { describe, expect, it } from 'vitest'
import { isScope, scopeList } from '@/lib/api-keys'
import { grants, isGrantable, resources, scopePresets, toggleAction, toggleResource } from './scope-selection'

it.each(scopePresets)('the preset $name names scopes of the catalogue', ({ scopes }) => {
  expect(scopes.filter((scope) => !isScope(scope))).toEqual([])
  expect(scopeList.parse([...scopes])).toHaveLength(scopes.length)
})

describe('all of a resource', () => {
  it('takes the place of its single actions', () => {
    const scopes = toggleResource(new Set(['orders:read', 'products:read']), 'orders', true)
    expect([...scopes].sort()).toEqual(['orders:*', 'products:read'])
    expect(grants(scopes, 'orders', 'delete')).toBe(true)
  })

  it('without one action is the others', () => {
    const scopes = toggleAction(new Set(['inventory:*']), 'inventory', 'update', false)
    expect([...scopes]).toEqual(['inventory:read'])
  })

  it('is taken back whole', () => {
    expect(toggleResource(new Set(['orders:*', 'orders:read']), 'orders', false).size).toBe(0)
  })
})

it('never changes the set it was given', () => {
  const given: ReadonlySet<string> = new Set(['orders:*'])
  for (const resource of resources) {
    toggleResource(given, resource, true)
    toggleAction(given, resource, 'read', true)
    toggleAction(given, resource, 'read', false)
  }
  expect([...given]).toEqual(['orders:*'])
})

it.each([
  [['orders:*'], 'orders:read', true],
  [['orders:*'], 'orders:*', true],
  [['keys:read'], 'keys:read', true],
  [['keys:read'], 'keys:*', false],
  [['keys:read'], 'keys:create', false],
])('whoever may give %j may give %s: %s', (held, scope, expected) => {
  expect(isGrantable(new Set(held), scope)).toBe(expected)
})
