import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { customRoles, members } from '@/db/schema'
import type { Actor } from '../audit'
import { Refusal } from '../errors'
import { isStorable } from '../text'
import { type HeldRole, heldRoleColumns, heldRoleOf, isRoleOfMember } from './held-role'
import { can, type Holder, type Permission } from './permissions'

/** A member whose role nobody changes meanwhile. */
export type LockedMember = HeldRole & Holder & { userId: string }

/** Locks the members among these people, always in the same order, so that two who change each other don't wait crosswise. */
export async function lockMembers(
  tx: Database,
  accountId: string,
  userIds: string[],
): Promise<Map<string, LockedMember>> {
  const rows = await tx
    .select({ userId: members.userId, ...heldRoleColumns })
    .from(members)
    .leftJoin(customRoles, isRoleOfMember)
    .where(and(eq(members.accountId, accountId), inArray(members.userId, userIds.filter(isStorable))))
    .orderBy(asc(members.userId))
    .for('update', { of: members })
  return new Map(rows.map(({ userId, ...row }) => [userId, { userId, ...heldRoleOf(row) }]))
}

/**
 * Lets one change after the other be made to who may do what in an account, so that two which lock members and roles don't wait
 * crosswise. Call it before anything else is locked.
 */
export async function lockRoles(tx: Database, accountId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`roles ${accountId}`}, 0))`)
}

/**
 * Who asks for a change, with what they may do now: what their session said may have ended since.
 * @throws {Refusal} `forbidden` to who is no member any more, or may not do this any more
 */
export async function lockAsking(
  tx: Database,
  actor: Actor & { id: string },
  permission: Permission,
): Promise<LockedMember> {
  await lockRoles(tx, actor.accountId)
  return requireStill((await lockMembers(tx, actor.accountId, [actor.id])).get(actor.id), permission)
}

/** @throws {Refusal} as `lockAsking` */
export function requireStill(asking: LockedMember | undefined, permission: Permission): LockedMember {
  if (!asking) throw new Refusal('forbidden', 'You are no member of this account any more.')
  if (!can(asking, permission)) throw new Refusal('forbidden', 'Your role does not allow this any more.')
  return asking
}
