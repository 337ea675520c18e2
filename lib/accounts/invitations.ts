import { and, asc, eq, exists, gt, lt, lte, type SQLWrapper, sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Database } from '@/db/client'
import { accounts, customRoles, invitations, members, users } from '@/db/schema'
import { type Actor, recordAuditEvent } from '../audit'
import { invalidField, Refusal } from '../errors'
import { isId, newId } from '../ids'
import { recordPersonalMail } from '../notifications/personal-mails'
import { type HeldRole, heldRoleColumns, heldRoleOf, isRoleOfMember } from './held-role'
import { hashLink, linkToken, UNKNOWN_LINK } from './links'
import { lockAsking } from './lock-members'
import { isOpenInvitation } from './open-invitation'
import type { Holder } from './permissions'
import { getLanguage } from './profile'
import { findChosenRole, requireMayGive } from './role-choice'
import type { inviteMemberInput } from './schemas'
import { countInvitation } from './throttle'

/** How long the link of an invitation is good. */
export const INVITATION_DAYS = 7
/** How long invitations that have ended are kept. */
const KEEP_DAYS = 90

/** Somebody in the account. */
export interface MemberView extends HeldRole, Holder {
  id: string
  name: string
  email: string
  since: Date
}

/** An invitation that was neither accepted nor revoked. */
export interface InvitationView extends HeldRole {
  id: string
  email: string
  invitedById: string
  invitedByName: string
  sentAt: Date
  expiresAt: Date
  hasExpired: boolean
}

/** Everybody in an account, the oldest member first. */
export async function listMembers(db: Database, accountId: string): Promise<MemberView[]> {
  const rows = await db
    .select({ id: users.id, name: users.name, email: users.email, since: members.createdAt, ...heldRoleColumns })
    .from(members)
    .leftJoin(customRoles, isRoleOfMember)
    .innerJoin(users, eq(users.id, members.userId))
    .where(eq(members.accountId, accountId))
    .orderBy(asc(members.createdAt), asc(users.id))
  return rows.map(({ id, name, email, since, ...row }) => ({ id, name, email, since, ...heldRoleOf(row) }))
}

/** As for a member. */
const invitedRoleColumns = { role: invitations.role, customRole: { id: customRoles.id, name: customRoles.name } }
const isRoleOfInvitation = and(
  eq(customRoles.accountId, invitations.accountId),
  eq(customRoles.id, invitations.customRoleId),
)

/** The open invitations of an account, the oldest first. */
export function listInvitations(db: Database, accountId: string): Promise<InvitationView[]> {
  return db
    .select({
      id: invitations.id,
      email: invitations.email,
      ...invitedRoleColumns,
      invitedById: invitations.invitedById,
      invitedByName: invitations.invitedByName,
      sentAt: invitations.sentAt,
      expiresAt: invitations.expiresAt,
      hasExpired: sql<boolean>`${lte(invitations.expiresAt, sql`now()`)}`,
    })
    .from(invitations)
    .leftJoin(customRoles, isRoleOfInvitation)
    .where(and(eq(invitations.accountId, accountId), isOpenInvitation))
    .orderBy(asc(invitations.id))
}

/** A person who invites. */
type Inviter = Actor & { id: string }

/**
 * Invites somebody by mail. One whose invitation has expired is invited anew.
 * @throws {Refusal} `invalid` on `email` for a member and for whoever has an invitation, and on `role` when there is none such;
 * `forbidden` for a role that may do what the actor may not; `too_many_attempts`
 */
export async function inviteMember(
  db: Database,
  actor: Inviter,
  { email, role }: z.output<typeof inviteMemberInput>,
): Promise<void> {
  const { accountId } = actor
  // Before it is counted, and again where it is certain: somebody who accepts an invitation at this moment is a member then.
  await requireNoMember(db, accountId, email)
  await countInvitation(db, accountId)
  await db.transaction(async (tx) => {
    const asking = await lockAsking(tx, actor, 'members:invite')
    await requireNoMember(tx, accountId, email)
    const chosen = await findChosenRole(tx, accountId, role)
    requireMayGive(asking, chosen)
    // One that has expired would stand in the way of a new one.
    await tx
      .update(invitations)
      .set({ revokedAt: sql`now()` })
      .where(
        and(
          eq(invitations.accountId, accountId),
          eq(invitations.email, email),
          isOpenInvitation,
          lte(invitations.expiresAt, sql`now()`),
        ),
      )
    const id = newId('invitation')
    const link = newLink()
    const inserted = await tx
      .insert(invitations)
      .values({
        id,
        accountId,
        email,
        ...chosen.columns,
        language: await getLanguage(tx, actor.id),
        invitedById: actor.id,
        invitedByName: actor.name,
        ...link,
      })
      .onConflictDoNothing()
      .returning()
    const [invitation] = inserted
    if (!invitation) throw invalidField('email', 'This person was invited already. Send the invitation again instead.')
    await send(tx, invitation)
    await recordAuditEvent(tx, actor, 'invitation.created', id, { email, role: chosen.name })
  })
}

async function requireNoMember(db: Database, accountId: string, email: string): Promise<void> {
  const isMember = await db
    .select({ id: users.id })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.accountId, accountId), eq(users.email, email)))
  if (isMember.length > 0) throw invalidField('email', 'Somebody with this e-mail address is a member already.')
}

/**
 * Sends an invitation again, with a new link that is good for another 7 days; links that were sent before end.
 * @throws {Refusal} `not_found`; `forbidden` for a role that may do what the actor may not; `too_many_attempts`
 */
export async function resendInvitation(db: Database, actor: Inviter, id: string): Promise<void> {
  if (!isId('invitation', id)) throw notOpen()
  await countInvitation(db, actor.accountId)
  await db.transaction(async (tx) => {
    const asking = await lockAsking(tx, actor, 'members:invite')
    const [invitation] = await tx
      .update(invitations)
      .set({ ...newLink(), sentAt: sql`now()`, invitedById: actor.id, invitedByName: actor.name })
      .where(and(eq(invitations.accountId, actor.accountId), eq(invitations.id, id), isOpenInvitation))
      .returning()
    if (!invitation) throw notOpen()
    const choice = invitation.customRoleId ?? invitation.role
    requireMayGive(asking, await findChosenRole(tx, actor.accountId, choice))
    await send(tx, invitation)
    await recordAuditEvent(tx, actor, 'invitation.resent', id, { email: invitation.email })
  })
}

/**
 * Takes an invitation back: its link ends.
 * @throws {Refusal} `not_found`; `forbidden` to who may not invite any more
 */
export async function revokeInvitation(db: Database, actor: Inviter, id: string): Promise<void> {
  if (!isId('invitation', id)) throw notOpen()
  await db.transaction(async (tx) => {
    await lockAsking(tx, actor, 'members:invite')
    const [invitation] = await tx
      .update(invitations)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(invitations.accountId, actor.accountId), eq(invitations.id, id), isOpenInvitation))
      .returning({ email: invitations.email })
    if (!invitation) throw notOpen()
    await recordAuditEvent(tx, actor, 'invitation.revoked', id, { email: invitation.email })
  })
}

/**
 * Takes back all open invitations of somebody who is leaving the account, or may do less in it from now on: they could else come
 * back by one of them, or have somebody come who may do what they themselves may not.
 */
export async function revokeInvitationsBy(tx: Database, actor: Actor, inviterId: string): Promise<void> {
  const revoked = await tx
    .update(invitations)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(invitations.accountId, actor.accountId), eq(invitations.invitedById, inviterId), isOpenInvitation))
    .returning({ id: invitations.id, email: invitations.email })
  for (const { id, email } of revoked) await recordAuditEvent(tx, actor, 'invitation.revoked', id, { email })
}

/** Forgets invitations that ended three months ago. */
export async function pruneInvitations(db: Database): Promise<void> {
  await db.delete(invitations).where(lt(invitations.expiresAt, sql`now() - ${KEEP_DAYS} * interval '1 day'`))
}

function notOpen(): Refusal {
  return new Refusal('not_found', 'This invitation is not open any more: it was accepted or revoked meanwhile.')
}

function newLink() {
  const linkId = newId('invitation')
  return {
    linkId,
    linkHash: hashLink(linkToken('invitation', linkId)),
    expiresAt: new Date(Date.now() + INVITATION_DAYS * 86_400_000),
  }
}

async function send(
  tx: Database,
  {
    id,
    accountId,
    email,
    language,
    linkId,
    role,
    customRoleId,
    invitedByName,
    expiresAt,
  }: typeof invitations.$inferSelect,
): Promise<void> {
  // Who has a user here has a language of their own; of others, whoever invites them knows best.
  const [known] = await tx
    .select({ name: users.name, language: users.language })
    .from(users)
    .where(eq(users.email, email))
  const chosen = await findChosenRole(tx, accountId, customRoleId ?? role)
  const to = { name: known?.name ?? null, address: email, language: known?.language ?? language }
  await recordPersonalMail(tx, accountId, to, 'invitation.sent', {
    invitationId: id,
    linkId,
    role,
    roleName: chosen.customRole?.name ?? null,
    by: invitedByName,
    expiresAt: expiresAt.toISOString(),
  })
}

/** An invitation by its link, and whether whoever is invited can sign in already. */
export interface FoundInvitation extends HeldRole {
  id: string
  accountId: string
  account: string
  email: string
  invitedByName: string
  /** The user with that e-mail address; null: there is none, or one who is of no account, and so can't sign in. */
  user: { id: string; name: string } | null
}

const membershipOf = (db: Database, userId: SQLWrapper) =>
  db.select({ one: sql`1` }).from(members).where(eq(members.userId, userId))

/**
 * What a link invites to. Looking uses nothing up.
 * @throws {Refusal} `link_ended`, saying how
 */
export async function findInvitation(db: Database, token: string): Promise<FoundInvitation> {
  const { id, email, invitedByName, acceptedAt, revokedAt, expiresAt } = invitations
  const [row] = await db
    .select({
      id,
      accountId: invitations.accountId,
      account: accounts.name,
      email,
      ...invitedRoleColumns,
      invitedByName,
      userId: users.id,
      userName: users.name,
      acceptedAt,
      revokedAt,
      isInTime: sql<boolean>`${gt(expiresAt, sql`now()`)}`,
    })
    .from(invitations)
    .innerJoin(accounts, eq(accounts.id, invitations.accountId))
    .leftJoin(customRoles, isRoleOfInvitation)
    .leftJoin(users, and(eq(users.email, email), exists(membershipOf(db, users.id))))
    .where(eq(invitations.linkHash, hashLink(token)))
  if (!row) throw new Refusal('link_ended', UNKNOWN_LINK)
  const again = `Ask ${row.invitedByName} for another one.`
  if (row.acceptedAt) throw new Refusal('link_ended', 'This invitation was accepted already. Sign in.')
  if (row.revokedAt) throw new Refusal('link_ended', `This invitation was taken back. ${again}`)
  if (!row.isInTime) {
    throw new Refusal('link_ended', `This invitation is over ${INVITATION_DAYS} days old. ${again}`)
  }
  const { userId, userName, acceptedAt: _, revokedAt: __, isInTime: ___, ...found } = row
  return { ...found, user: userId === null || userName === null ? null : { id: userId, name: userName } }
}
