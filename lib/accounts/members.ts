import { and, asc, eq, inArray } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys, apiKeyUses, credentials, integrations, members, users } from '@/db/schema'
import { lockKeys, revokeLockedKeys } from '../api-keys/change'
import { keyStatus } from '../api-keys/status'
import { type Actor, recordAuditEvent } from '../audit'
import { Refusal } from '../errors'
import { recordEvent } from '../notifications/outbox'
import { roleNameOf } from './held-role'
import { type LockedMember, lockMembers, lockRoles } from './lock-members'
import { can, outranks } from './permissions'
import { findChosenRole, requireMayGive } from './role-choice'

/** A person who changes something about another. */
type Manager = Actor & { id: string }

/** What a member has made that goes on without them. */
interface MadeBy {
  /** Keys that work. */
  keys: { id: string; name: string; lastUsedAt: Date | null }[]
  credentials: { id: string; name: string }[]
  integrations: { id: string; name: string }[]
}

/** The keys of a member that still work, and what else they have made in the account. */
export async function madeBy(db: Database, accountId: string, userId: string): Promise<MadeBy> {
  const keys = await db
    .select({ id: apiKeys.id, name: apiKeys.name, lastUsedAt: apiKeyUses.lastUsedAt })
    .from(apiKeys)
    .leftJoin(apiKeyUses, and(eq(apiKeyUses.accountId, apiKeys.accountId), eq(apiKeyUses.keyId, apiKeys.id)))
    .where(
      and(
        eq(apiKeys.accountId, accountId),
        eq(apiKeys.createdByKind, 'user'),
        eq(apiKeys.createdById, userId),
        inArray(keyStatus, ['active', 'retiring', 'paused']),
      ),
    )
    .orderBy(asc(apiKeys.id))
  const made = await db
    .select({ id: credentials.id, name: credentials.name })
    .from(credentials)
    .where(
      and(
        eq(credentials.accountId, accountId),
        eq(credentials.createdByKind, 'user'),
        eq(credentials.createdById, userId),
      ),
    )
    .orderBy(asc(credentials.id))
  const uses = await db
    .select({ id: integrations.id, name: integrations.name })
    .from(integrations)
    .where(
      and(
        eq(integrations.accountId, accountId),
        eq(integrations.createdByKind, 'user'),
        eq(integrations.createdById, userId),
      ),
    )
    .orderBy(asc(integrations.id))
  return { keys, credentials: made, integrations: uses }
}

/**
 * Gives a member another role, from their next request on.
 * @param choice as `roleChoice` reads it
 * @throws {Refusal} `not_found`; `forbidden` for oneself, for whoever may do as much as the actor, and for a role that may do
 * what the actor may not; `invalid` on `role` when the account has no such role
 */
export async function changeRole(db: Database, actor: Manager, userId: string, choice: string): Promise<void> {
  const { accountId } = actor
  await db.transaction(async (tx) => {
    const { asking, member, name } = await lockForChange(tx, actor, userId)
    const chosen = await findChosenRole(tx, accountId, choice)
    requireMayGive(asking, chosen)
    if (member.role === chosen.role && member.customRole?.id === chosen.customRole?.id) return
    await tx
      .update(members)
      .set(chosen.columns)
      .where(and(eq(members.accountId, accountId), eq(members.userId, userId)))
    await recordAuditEvent(tx, actor, 'member.role_changed', userId, {
      name,
      before: { role: roleNameOf(member) },
      after: { role: chosen.name },
    })
  })
}

/**
 * Takes a member out of the account: from their next request on they see nothing of it. What they made goes on, but for the
 * keys, if that is wanted: a key's maker may have its token.
 * @param options `keys`: whether the keys that they made stay or are revoked
 * @throws {Refusal} as `changeRole`
 */
export async function removeMember(
  db: Database,
  actor: Manager,
  userId: string,
  { keys }: { keys: 'keep' | 'revoke' },
): Promise<void> {
  await db.transaction(async (tx) => {
    const { member, name } = await lockForChange(tx, actor, userId)
    await takeOut(tx, actor, { userId, name, role: roleNameOf(member), keys, how: 'removed' })
  })
}

/**
 * Leaves the account that the actor is in. What they made goes on.
 * @throws {Refusal} `not_found`; `forbidden` to the owner, who hands the account over first
 */
export async function leaveAccount(db: Database, actor: Manager): Promise<void> {
  await db.transaction(async (tx) => {
    await lockRoles(tx, actor.accountId)
    const found = await lockMembers(tx, actor.accountId, [actor.id])
    const member = found.get(actor.id)
    if (!member) throw notFound()
    if (can(member, 'account:hand_over')) {
      throw new Refusal('forbidden', 'You own this account: hand it over to somebody else before you leave it.')
    }
    await takeOut(tx, actor, {
      userId: actor.id,
      name: actor.name,
      role: roleNameOf(member),
      keys: 'keep',
      how: 'left',
    })
  })
}

/**
 * Makes another member the owner of the account; who owned it is an admin from then on.
 * @throws {Refusal} `not_found`; `forbidden` unless the actor is the owner
 */
export async function handOver(db: Database, actor: Manager, userId: string): Promise<void> {
  const { accountId } = actor
  if (userId === actor.id) throw new Refusal('forbidden', 'You own this account already.')
  await db.transaction(async (tx) => {
    await lockRoles(tx, accountId)
    const found = await lockMembers(tx, accountId, [actor.id, userId])
    const next = found.get(userId)
    if (!next) throw notFound()
    const asking = found.get(actor.id)
    if (!asking || !can(asking, 'account:hand_over')) {
      throw new Refusal('forbidden', 'Only the owner hands an account over.')
    }
    const set = (id: string, role: 'owner' | 'admin') =>
      tx
        .update(members)
        .set({ role, customRoleId: null })
        .where(and(eq(members.accountId, accountId), eq(members.userId, id)))
    // In this order: an account has one owner at a time.
    await set(actor.id, 'admin')
    await set(userId, 'owner')
    await recordAuditEvent(tx, actor, 'account.handed_over', accountId, {
      name: await nameOf(tx, userId),
      before: { owner: actor.id, role: roleNameOf(next) },
      after: { owner: userId },
    })
  })
}

/** Nobody changes themselves, or somebody who may do as much as they: two admins can't shut each other out. */
async function lockForChange(
  tx: Database,
  actor: Manager,
  userId: string,
): Promise<{ asking: LockedMember; member: LockedMember; name: string }> {
  await lockRoles(tx, actor.accountId)
  const found = await lockMembers(tx, actor.accountId, [actor.id, userId])
  const [asking, member] = [found.get(actor.id), found.get(userId)]
  if (!member) throw notFound()
  if (!asking) throw new Refusal('forbidden', 'You are no member of this account any more.')
  if (userId === actor.id) throw new Refusal('forbidden', 'You can’t change your own role. Somebody else has to.')
  if (!outranks(asking, member)) {
    throw new Refusal(
      'forbidden',
      'This member may do as much as you, or more. Somebody who may do more than they has to change or remove them.',
    )
  }
  return { asking, member, name: await nameOf(tx, userId) }
}

async function nameOf(tx: Database, userId: string): Promise<string> {
  const [user] = await tx.select({ name: users.name }).from(users).where(eq(users.id, userId))
  return user?.name ?? ''
}

async function takeOut(
  tx: Database,
  actor: Manager,
  {
    userId,
    name,
    role,
    keys,
    how,
  }: { userId: string; name: string; role: string; keys: 'keep' | 'revoke'; how: 'removed' | 'left' },
): Promise<void> {
  const { accountId } = actor
  const made = await madeBy(tx, accountId, userId)
  let revoked = 0
  if (keys === 'revoke') {
    const ids = made.keys.map(({ id }) => id)
    revoked = await revokeLockedKeys(
      tx,
      actor,
      await lockKeys(tx, accountId, ids, null),
      `${name} has left the account`,
    )
  }
  await tx.delete(members).where(and(eq(members.accountId, accountId), eq(members.userId, userId)))
  await recordAuditEvent(tx, actor, how === 'left' ? 'member.left' : 'member.removed', userId, {
    name,
    role,
    keys: made.keys.length,
    keys_revoked: revoked,
  })
  await recordEvent(tx, accountId, 'member.left', userId, { name, role, how, by: actor.name })
}

function notFound(): Refusal {
  return new Refusal('not_found', 'There is no such member.')
}
