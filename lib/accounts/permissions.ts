import type { roles } from '@/db/schema'

export type Role = (typeof roles)[number]

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
  'webhooks:read',
  'webhooks:manage',
  'policies:read',
  'policies:update',
  'audit:read',
] as const
export type Permission = (typeof permissions)[number]

/** What each role may do. This table decides; nothing else compares roles. */
const granted: Record<Role, readonly Permission[]> = {
  owner: permissions,
  admin: permissions,
  manager: ['keys:read', 'credentials:read', 'credentials:test', 'credentials:reauthorize', 'integrations:read'],
  staff: [],
}

export function can(role: Role, permission: Permission): boolean {
  return granted[role].includes(permission)
}
