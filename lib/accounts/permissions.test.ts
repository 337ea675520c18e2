import { expect, it } from 'vitest'
import { can, type Permission, permissions, type Role } from './permissions'

/** What each role may do, in words of its own: by resource, the actions. */
const matrix: Record<Role, Record<string, string[]>> = {
  owner: {
    keys: ['read', 'create', 'manage', 'verify'],
    credentials: ['read', 'create', 'update', 'delete', 'test', 'reauthorize'],
    integrations: ['read', 'create', 'update', 'delete', 'use'],
    members: ['read', 'invite', 'manage'],
    webhooks: ['read', 'manage'],
    policies: ['read', 'update'],
    audit: ['read'],
  },
  admin: {
    keys: ['read', 'create', 'manage', 'verify'],
    credentials: ['read', 'create', 'update', 'delete', 'test', 'reauthorize'],
    integrations: ['read', 'create', 'update', 'delete', 'use'],
    members: ['read', 'invite', 'manage'],
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
  expect(permissions.filter((permission) => can(role, permission))).toEqual(words as Permission[])
})
