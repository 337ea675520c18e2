import { and, eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { customRoles, members } from '@/db/schema'
import { can, type Holder, type MemberRole, type Permission, permissionsOf } from './permissions'

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

/** Whether somebody is a member still who may do this: what goes on by itself after they asked for it looks again. */
export async function mayStill(
  db: Database,
  accountId: string,
  userId: string | null,
  permission: Permission,
): Promise<boolean> {
  if (userId === null) return false
  const [row] = await db
    .select(heldRoleColumns)
    .from(members)
    .leftJoin(customRoles, isRoleOfMember)
    .where(and(eq(members.accountId, accountId), eq(members.userId, userId)))
  return row !== undefined && can(heldRoleOf(row), permission)
}
