import type { HeldRole, Permission, Role } from '@/lib/accounts'

export const roleNames: Record<Role, string> = { owner: 'Owner', admin: 'Admin', manager: 'Manager', staff: 'Staff' }

/** The name of a role that somebody has. */
export function roleText({ role, customRole }: HeldRole): string {
  return role === 'custom' ? (customRole?.name ?? '') : roleNames[role]
}

/** A role that the person who looks may give. */
export interface RoleOption {
  /** As `roleChoice` reads it. */
  value: string
  name: string
  /** What it is for. */
  may: string
  permissions: readonly Permission[]
}

/** Fenicia's roles that one can be invited to, the least first: what is chosen without a thought should be harmless. */
export const invitedRoles: readonly { role: Exclude<Role, 'owner'>; may: string }[] = [
  { role: 'staff', may: 'Belongs to the account, and sees none of these settings.' },
  { role: 'manager', may: 'Sees API keys and credentials, tests and re-authorizes them.' },
  { role: 'admin', may: 'Everything but to own the account.' },
]

/**
 * What is chosen of a list that may have become another since: the first, as browsers show it, where what was chosen is gone.
 * What is sent is then what is seen.
 */
export function chosenOption<Option extends { value: string }>(
  options: readonly Option[],
  chosen: string,
): Option | undefined {
  return options.find(({ value }) => value === chosen) ?? options[0]
}

export const ROLES_HREF = '/settings/members/roles'
