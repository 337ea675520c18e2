import { and, eq } from 'drizzle-orm'
import { customRoles, members } from '@/db/schema'
import { type Holder, type MemberRole, permissionsOf } from './permissions'

/** The role that somebody has: one of Fenicia's, or one that the account made, by its id and name. */
export interface HeldRole {
  role: MemberRole
  customRole: { id: string; name: string } | null
}

/** Columns that say what a member's role is. Join `customRoles` by `isRoleOfMember`, left. */
export const heldRoleColumns = {
  role: members.role,
  customRole: { id: customRoles.id, name: customRoles.name, permissions: customRoles.permissions },
}

export const isRoleOfMember = and(
  eq(customRoles.accountId, members.accountId),
  eq(customRoles.id, members.customRoleId),
)

/** As the columns above come. */
interface HeldRoleRow {
  role: MemberRole
  customRole: { id: string; name: string; permissions: string[] } | null
}

export function heldRoleOf({ role, customRole }: HeldRoleRow): HeldRole & Holder {
  return {
    role,
    customRole: customRole && { id: customRole.id, name: customRole.name },
    permissions: permissionsOf(role, customRole?.permissions),
  }
}

/** The name of a role where words need one, such as in events. */
export function roleNameOf({ role, customRole }: HeldRole): string {
  return customRole?.name ?? role
}
