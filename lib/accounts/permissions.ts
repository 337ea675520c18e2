import type { memberRoles, roles } from '@/db/schema'

/** One of Fenicia's own roles. */
export type Role = (typeof roles)[number]
/** What a member's row says: one of them, or that the account made its own. */
export type MemberRole = (typeof memberRoles)[number]

/**
 * What a person may do in an account, in the words of the scopes that allow an API key the same. A key has no
 * `credentials:reauthorize`: consent is given in a browser; and nothing of `members` and `policies`: who
 * belongs to an account and what it asks of them is decided by people.
 */
export const permissions = [
  'keys:read',
  'keys:create',
  'keys:manage',
  'keys:verify',
  'credentials:read',
  'credentials:create',
  'credentials:update',
  'credentials:delete',
  'credentials:test',
  'credentials:reauthorize',
  'integrations:read',
  'integrations:create',
  'integrations:update',
  'integrations:delete',
  'integrations:use',
  'members:read',
  'members:invite',
  'members:manage',
  'roles:manage',
  'account:hand_over',
  'webhooks:read',
  'webhooks:manage',
  'policies:read',
  'policies:update',
  'audit:read',
] as const
export type Permission = (typeof permissions)[number]

/** Nobody but the owner has these: they are what owning an account is. */
const ofTheOwner: readonly Permission[] = ['account:hand_over']

/** What a role that an account makes for itself may hold. */
export const grantable: readonly Permission[] = permissions.filter((permission) => !ofTheOwner.includes(permission))

/** What each role may do. This table decides; nothing else compares roles. */
const granted: Record<Role, readonly Permission[]> = {
  owner: permissions,
  admin: grantable,
  manager: ['keys:read', 'credentials:read', 'credentials:test', 'credentials:reauthorize', 'integrations:read'],
  staff: [],
}

/** Somebody, with all that they may do in the account. */
export interface Holder {
  readonly permissions: readonly Permission[]
}

/** What something takes: a permission, or any one of several. */
export type Required = Permission | readonly Permission[]

export function can(holder: Holder, required: Required): boolean {
  if (typeof required !== 'string') return required.some((permission) => can(holder, permission))
  return holder.permissions.includes(required)
}

/** Whether somebody may do all of this: nobody gives others what they have not. */
export function holdsAll(holder: Holder, wanted: readonly Permission[]): boolean {
  return wanted.every((permission) => can(holder, permission))
}

/** Whether somebody may do all that another may, and more: what it takes to change or remove them. */
export function outranks(holder: Holder, other: Holder): boolean {
  return holdsAll(holder, other.permissions) && !holdsAll(other, holder.permissions)
}

/** @param custom what the account's own role holds, if it is one; of its words, those that no version knows allow nothing */
export function permissionsOf(role: MemberRole, custom: readonly string[] | null = null): readonly Permission[] {
  if (role !== 'custom') return granted[role]
  return grantable.filter((permission) => custom?.includes(permission))
}

/** What has to be held to see what this permission is about. */
export function neededFor(permission: Permission): Permission | null {
  const [resource] = permission.split(':')
  const read = resource === 'roles' ? 'members:read' : (`${resource}:read` as Permission)
  return read !== permission && permissions.includes(read) ? read : null
}
