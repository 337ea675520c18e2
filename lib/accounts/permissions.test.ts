import { expect, it } from 'vitest'
import {
  can,
  grantable,
  holdsAll,
  neededFor,
  outranks,
  type Permission,
  permissions,
  permissionsOf,
  type Role,
} from './permissions'

/** What each role may do, in words of its own: by resource, the actions. */
const matrix: Record<Role, Record<string, string[]>> = {
  owner: {
    keys: ['read', 'create', 'manage', 'verify'],
    credentials: ['read', 'create', 'update', 'delete', 'test', 'reauthorize'],
    integrations: ['read', 'create', 'update', 'delete', 'use'],
    members: ['read', 'invite', 'manage'],
    roles: ['manage'],
    account: ['hand_over'],
    webhooks: ['read', 'manage'],
    policies: ['read', 'update'],
    audit: ['read'],
  },
  admin: {
    keys: ['read', 'create', 'manage', 'verify'],
    credentials: ['read', 'create', 'update', 'delete', 'test', 'reauthorize'],
    integrations: ['read', 'create', 'update', 'delete', 'use'],
    members: ['read', 'invite', 'manage'],
    roles: ['manage'],
    webhooks: ['read', 'manage'],
    policies: ['read', 'update'],
    audit: ['read'],
  },
  manager: { keys: ['read'], credentials: ['read', 'test', 'reauthorize'], integrations: ['read'] },
  staff: {},
}

it.each(Object.entries(matrix) as [Role, Record<string, string[]>][])('what a role may do: %s', (role, expected) => {
  const words = Object.entries(expected).flatMap(([resource, actions]) =>
    actions.map((action) => `${resource}:${action}`),
  )
  expect(permissionsOf(role)).toEqual(words as Permission[])
})

it('a role of an account’s own allows what it names, and nothing that owning the account is, or that no version knows', () => {
  expect(permissionsOf('custom', ['audit:read', 'account:hand_over', 'ships:sink'])).toEqual(['audit:read'])
  expect(permissionsOf('custom', null)).toEqual([])
  expect(permissions.filter((permission) => !grantable.includes(permission))).toEqual(['account:hand_over'])
})

it.each<[Role, Role, boolean]>([
  ['owner', 'admin', true],
  ['admin', 'owner', false],
  ['admin', 'admin', false],
  ['admin', 'manager', true],
  ['manager', 'staff', true],
  ['staff', 'staff', false],
])('who may do more may change others: %s and %s', (who, whom, may) => {
  const [holder, other] = [{ permissions: permissionsOf(who) }, { permissions: permissionsOf(whom) }]
  expect(outranks(holder, other)).toBe(may)
})

it('who may do other things, neither more nor less, changes nobody', () => {
  const [keys, audit] = [
    { permissions: permissionsOf('custom', ['keys:read']) },
    { permissions: permissionsOf('custom', ['audit:read']) },
  ]
  expect([outranks(keys, audit), outranks(audit, keys), holdsAll(keys, audit.permissions)]).toEqual([
    false,
    false,
    false,
  ])
  expect(can(keys, 'audit:read')).toBe(false)
})

it.each<[Permission, Permission | null]>([
  ['keys:read', null],
  ['keys:manage', 'keys:read'],
  ['credentials:test', 'credentials:read'],
  ['members:invite', 'members:read'],
  ['roles:manage', 'members:read'],
  ['audit:read', null],
  ['account:hand_over', null],
])('what has to be seen to do %s: %s', (permission, needed) => {
  expect(neededFor(permission)).toBe(needed)
})
