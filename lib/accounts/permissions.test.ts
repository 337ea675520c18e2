import { expect, it } from 'vitest'
import { can, type Permission, permissions, type Role } from './permissions'

const matrix: Record<Role, Record<Permission, boolean>> = {
  owner: { 'keys:read': true, 'keys:create': true, 'keys:manage': true, 'keys:verify': true },
  admin: { 'keys:read': true, 'keys:create': true, 'keys:manage': true, 'keys:verify': true },
  manager: { 'keys:read': true, 'keys:create': false, 'keys:manage': false, 'keys:verify': false },
  staff: { 'keys:read': false, 'keys:create': false, 'keys:manage': false, 'keys:verify': false },
}

it.each(Object.entries(matrix) as [Role, Record<Permission, boolean>][])('what a role may do: %s', (role, expected) => {
  expect(Object.fromEntries(permissions.map((permission) => [permission, can(role, permission)]))).toEqual(expected)
})
