import { and, eq } from 'drizzle-orm'
import type { z } from 'zod'
import type { Database } from '@/db/client'
import { accounts, members, users } from '@/db/schema'
import { lockKeys, revokeLockedKeys } from '../api-keys/change'
import { type Actor, recordAuditEvent } from '../audit'
import { invalidField, Refusal } from '../errors'
import { recordEvent } from '../notifications/outbox'
import { type PersonalData, recordPersonalMail } from '../notifications/personal-mails'
import { roleNameOf } from './held-role'
import { revokeInvitationsBy } from './invitations'
import { type LockedMember, lockMembers, lockRoles, requireStill } from './lock-members'
import { handOverMade, type MadeBy, madeBy } from './made'
import { can, holdsAll, outranks } from './permissions'
import { findChosenRole, requireMayGive } from './role-choice'
import type { removeMemberInput } from './schemas'

/** A person who changes something about another. */
type Manager = Actor & { id: string }

/**
 * Gives a member another role, from their next request on. Of whoever may do less by it, the open invitations end.
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
    if (!holdsAll(chosen, member.permissions)) await revokeInvitationsBy(tx, actor, userId)
  })
}

/**
 * Takes a member out of the account: from their next request on they see nothing of it. What they made goes on, but for the
 * keys, if that is wanted: a key's maker may have its token. What is kept comes up for review. Open invitations of theirs end.
 * @param options `keys`: whether the keys that they made stay, are handed over or are revoked; `rest`: the same of all else;
 * `heir`: to whom they are handed over
 * @throws {Refusal} as `changeRole`; `invalid` on `heir` when that is no other member
 */
export async function removeMember(
  db: Database,
  actor: Manager,
  userId: string,
  wanted: z.output<typeof removeMemberInput>,
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockNotices(tx, actor.accountId)
    const { asking, member, name } = await lockForChange(tx, actor, userId)
    if (wanted.keys === 'revoke' && !can(asking, 'keys:manage')) {
      throw new Refusal('forbidden', 'Your role does not allow you to revoke keys. Keep them, or hand them over.')
    }
    await takeOut(tx, actor, { userId, name, role: roleNameOf(member), wanted, how: 'removed' })
  })
}

/**
 * Leaves the account that the actor is in. What they made goes on; open invitations of theirs end.
 * @throws {Refusal} `not_found`; `forbidden` to the owner, who hands the account over first
 */
export async function leaveAccount(db: Database, actor: Manager): Promise<void> {
  await db.transaction(async (tx) => {
    await lockNotices(tx, actor.accountId)
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
      wanted: KEEP_ALL,
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
    const [from, to] = [actor.name, await nameOf(tx, userId)]
    await mailTo(tx, accountId, actor.id, 'account.handed_over', { from, to, isOwner: false })
    await mailTo(tx, accountId, userId, 'account.handed_over', { from, to, isOwner: true })
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
  const member = found.get(userId)
  if (!member) throw notFound()
  const asking = requireStill(found.get(actor.id), 'members:manage')
  if (userId === actor.id) throw new Refusal('forbidden', 'You can’t change your own role. Somebody else has to.')
  if (!outranks(asking, member)) {
    throw new Refusal(
      'forbidden',
      'This member may do as much as you, or more. Somebody who may do more than they has to change or remove them.',
    )
  }
  return { asking, member, name: await nameOf(tx, userId) }
}

/**
 * Waits for who is telling the account's people of something, who lock the account for it (`lockAccount`): what they write
 * refers to members, and goes with whoever leaves. Call it before anything else is locked.
 */
async function lockNotices(tx: Database, accountId: string): Promise<void> {
  await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, accountId)).for('no key update')
}

async function nameOf(tx: Database, userId: string): Promise<string> {
  const [user] = await tx.select({ name: users.name }).from(users).where(eq(users.id, userId))
  return user?.name ?? ''
}

/** What becomes of what somebody made who leaves by themselves. */
const KEEP_ALL: z.output<typeof removeMemberInput> = { keys: 'keep', rest: 'keep', heir: null }

async function takeOut(
  tx: Database,
  actor: Manager,
  {
    userId,
    name,
    role,
    wanted: { keys, rest, heir },
    how,
  }: {
    userId: string
    name: string
    role: string
    wanted: z.output<typeof removeMemberInput>
    how: 'removed' | 'left'
  },
): Promise<void> {
  const { accountId } = actor
  const made = await (keys === 'keep' ? madeBy : lockMade)(tx, accountId, userId)
  const keyIds = made.keys.map(({ id }) => id)
  const others = [made.credentials, made.integrations, made.webhooks].flat().map(({ id }) => id)
  const handed = [...(keys === 'hand_over' ? keyIds : []), ...(rest === 'hand_over' ? others : [])]
  if (keys === 'hand_over' || rest === 'hand_over')
    await handOverMade(tx, accountId, handed, await findHeir(tx, accountId, userId, heir))
  let revoked = 0
  if (keys === 'revoke') {
    const reason = `${name} has left the account`
    revoked = await revokeLockedKeys(tx, actor, await lockKeys(tx, accountId, keyIds, null), reason)
  }
  await tx.delete(members).where(and(eq(members.accountId, accountId), eq(members.userId, userId)))
  await revokeInvitationsBy(tx, actor, userId)
  await recordAuditEvent(tx, actor, how === 'left' ? 'member.left' : 'member.removed', userId, {
    name,
    role,
    keys: made.keys.length,
    keys_revoked: revoked,
    ...(handed.length > 0 && { handed_over: handed, handed_over_to: heir }),
  })
  await recordEvent(tx, accountId, 'member.left', userId, { name, role, how, by: actor.name })
  if (how === 'removed') await mailTo(tx, accountId, userId, 'member.removed', { by: actor.name })
}

/**
 * What somebody has made, with the keys among it locked: until the transaction ends these make nothing more. What one was
 * making when it was to be locked is there by then, and may be a key itself.
 */
async function lockMade(tx: Database, accountId: string, userId: string): Promise<MadeBy> {
  const locked = new Set<string>()
  for (;;) {
    const made = await madeBy(tx, accountId, userId)
    const open = made.keys.map(({ id }) => id).filter((id) => !locked.has(id))
    if (open.length === 0) return made
    await lockKeys(tx, accountId, open, null)
    for (const id of open) locked.add(id)
  }
}

async function findHeir(tx: Database, accountId: string, leaving: string, heir: string | null): Promise<string> {
  const isThere = heir !== null && heir !== leaving && (await lockMembers(tx, accountId, [heir])).has(heir)
  if (!isThere) throw invalidField('heir', 'Choose another member to hand things over to.')
  return heir
}

/** Mails somebody about their place in the account. */
async function mailTo<Kind extends 'member.removed' | 'account.handed_over'>(
  tx: Database,
  accountId: string,
  userId: string,
  kind: Kind,
  data: PersonalData[Kind],
): Promise<void> {
  const [user] = await tx
    .select({ name: users.name, address: users.email, language: users.language })
    .from(users)
    .where(eq(users.id, userId))
  if (user) await recordPersonalMail(tx, accountId, user, kind, data)
}

function notFound(): Refusal {
  return new Refusal('not_found', 'There is no such member.')
}
