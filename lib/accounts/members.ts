import { and, asc, eq, inArray } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys, apiKeyUses, credentials, integrations, type invitedRoles, members, users } from '@/db/schema'
import { lockKeys, revokeLockedKeys } from '../api-keys/change'
import { keyStatus } from '../api-keys/status'
import { type Actor, recordAuditEvent } from '../audit'
import { Refusal } from '../errors'
import { recordEvent } from '../notifications/outbox'
import type { Role } from './permissions'

/** A person who changes something about another. */
type Manager = Actor & { id: string }

/** What a member has made that goes on without them. */
interface MadeBy {
  /** Keys that work. */
  keys: { id: string; name: string; lastUsedAt: Date | null }[]
  credentials: { id: string; name: string }[]
  integrations: { id: string; name: string }[]
}

/** Roles from the strongest; nobody changes who is above them. */
const RANK: Record<Role, number> = { owner: 0, admin: 1, manager: 2, staff: 3 }

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
 * @throws {Refusal} `not_found`; `forbidden` for the owner, for oneself, and for an admin unless it is the owner who asks
 */
export async function changeRole(
  db: Database,
  actor: Manager,
  userId: string,
  role: (typeof invitedRoles)[number],
): Promise<void> {
  const { accountId } = actor
  await db.transaction(async (tx) => {
    const { member, name } = await lockForChange(tx, actor, userId)
    if (member.role === role) return
    await tx
      .update(members)
      .set({ role })
      .where(and(eq(members.accountId, accountId), eq(members.userId, userId)))
    await recordAuditEvent(tx, actor, 'member.role_changed', userId, {
      name,
      before: { role: member.role },
      after: { role },
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
    await takeOut(tx, actor, { userId, name, role: member.role, keys, how: 'removed' })
  })
}

/**
 * Leaves the account that the actor is in. What they made goes on.
 * @throws {Refusal} `not_found`; `forbidden` to the owner, who hands the account over first
 */
export async function leaveAccount(db: Database, actor: Manager): Promise<void> {
  await db.transaction(async (tx) => {
    const found = await lockMembers(tx, actor.accountId, [actor.id])
    const member = found.get(actor.id)
    if (!member) throw notFound()
    if (member.role === 'owner') {
      throw new Refusal('forbidden', 'You own this account: hand it over to somebody else before you leave it.')
    }
    await takeOut(tx, actor, { userId: actor.id, name: actor.name, role: member.role, keys: 'keep', how: 'left' })
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
    const found = await lockMembers(tx, accountId, [actor.id, userId])
    const next = found.get(userId)
    if (!next) throw notFound()
    if (found.get(actor.id)?.role !== 'owner') {
      throw new Refusal('forbidden', 'Only the owner hands an account over.')
    }
    const set = (id: string, role: Role) =>
      tx
        .update(members)
        .set({ role })
        .where(and(eq(members.accountId, accountId), eq(members.userId, id)))
    // In this order: an account has one owner at a time.
    await set(actor.id, 'admin')
    await set(userId, 'owner')
    await recordAuditEvent(tx, actor, 'account.handed_over', accountId, {
      name: await nameOf(tx, userId),
      before: { owner: actor.id, role: next.role },
      after: { owner: userId },
    })
  })
}

interface Locked {
  userId: string
  role: Role
}

/** Locks these members, always in the same order, so that two who change each other don't wait crosswise. */
async function lockMembers(tx: Database, accountId: string, userIds: string[]): Promise<Map<string, Locked>> {
  const rows = await tx
    .select({ userId: members.userId, role: members.role })
    .from(members)
    .where(and(eq(members.accountId, accountId), inArray(members.userId, userIds)))
    .orderBy(asc(members.userId))
    .for('update')
  return new Map(rows.map((row) => [row.userId, row]))
}

/** Nobody changes the owner, themselves, or somebody of their own rank: two admins can't shut each other out. */
async function lockForChange(tx: Database, actor: Manager, userId: string): Promise<{ member: Locked; name: string }> {
  const found = await lockMembers(tx, actor.accountId, [actor.id, userId])
  const [asking, member] = [found.get(actor.id), found.get(userId)]
  if (!member) throw notFound()
  if (!asking) throw new Refusal('forbidden', 'You are no member of this account any more.')
  if (userId === actor.id) throw new Refusal('forbidden', 'You can’t change your own role. Somebody else has to.')
  if (member.role === 'owner') throw new Refusal('forbidden', 'The owner can’t be changed or removed by others.')
  if (RANK[asking.role] >= RANK[member.role]) {
    throw new Refusal('forbidden', 'Only the owner can change or remove an admin.')
  }
  return { member, name: await nameOf(tx, userId) }
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
  }: { userId: string; name: string; role: Role; keys: 'keep' | 'revoke'; how: 'removed' | 'left' },
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
