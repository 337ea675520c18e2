import { eq, sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Database } from '@/db/client'
import { invitations, members, users } from '@/db/schema'
import { type Origin, recordAuditEvent } from '../audit'
import { Refusal } from '../errors'
import { newId } from '../ids'
import { recordEvent } from '../notifications/outbox'
import { roleNameOf } from './held-role'
import { type FoundInvitation, findInvitation } from './invitations'
import { forgetBrowsers } from './known-browsers'
import { lockRoles } from './lock-members'
import { setPassword } from './password-change'
import { requireStrong } from './password-strength'
import { hashPassword } from './passwords'
import { userActor } from './record-in-each-account'
import type { acceptInvitationInput } from './schemas'
import type { Session } from './session'

/**
 * Makes a user of somebody who was invited, and a member of the account. The link proves the e-mail address. Whoever has a
 * user that is of no account any more, and so can't sign in, gets that one back with this name and password; a second factor
 * stays with it.
 * @returns the e-mail address, to sign in with
 * @throws {Refusal} `link_ended`; `invalid` on `password`; `forbidden` when somebody has the e-mail address already
 */
export async function acceptAsNewUser(
  db: Database,
  { token, name, password }: z.output<typeof acceptInvitationInput>,
  from: Origin,
): Promise<{ email: string }> {
  // Before the work of hashing, and again where it is certain.
  const { email, account, user } = await findInvitation(db, token)
  if (user) throw hasUser()
  await requireStrong('password', password, [email, name, account])
  const passwordHash = await hashPassword(password)
  await db.transaction(async (tx) => {
    const invitation = await takeInvitation(tx, token)
    const id = newId('user')
    const [inserted] = await tx
      .insert(users)
      .values({ id, email, name, passwordHash, language: invitation.language })
      .onConflictDoNothing({ target: users.email })
      .returning({ id: users.id })
    const userId = inserted?.id ?? (await takeBackUser(tx, { email, name, passwordHash }, from))
    await join(tx, invitation, { id: userId, name }, from)
    if (!inserted)
      await recordAuditEvent(
        tx,
        userActor({ id: userId, name }, invitation.accountId, from),
        'user.password_reset',
        userId,
      )
  })
  return { email }
}

/** @throws {Refusal} `forbidden` unless the user is of no account */
async function takeBackUser(
  tx: Database,
  { email, name, passwordHash }: { email: string; name: string; passwordHash: string },
  from: Origin,
): Promise<string> {
  const [user] = await tx.select({ id: users.id }).from(users).where(eq(users.email, email)).for('update')
  if (!user || (await tx.$count(members, eq(members.userId, user.id))) > 0) throw hasUser()
  await tx.update(users).set({ name }).where(eq(users.id, user.id))
  await setPassword(tx, user.id, passwordHash, { how: 'reset', from })
  await forgetBrowsers(tx, user.id, null)
  return user.id
}

/**
 * Makes whoever is signed in a member of one more account, when it is them who was invited.
 * @returns the account
 * @throws {Refusal} `link_ended`; `forbidden` when the invitation is for another e-mail address
 */
export async function acceptAsUser(
  db: Database,
  token: string,
  { user }: Session,
  from: Origin,
): Promise<{ accountId: string }> {
  return db.transaction(async (tx) => {
    const invitation = await takeInvitation(tx, token)
    if (invitation.email !== user.email) {
      throw new Refusal(
        'forbidden',
        `This invitation is for ${invitation.email}, and you are signed in as ${user.email}. Sign out, then open the link in the e-mail again.`,
      )
    }
    await join(tx, invitation, user, from)
    return { accountId: invitation.accountId }
  })
}

type Taken = FoundInvitation & { language: (typeof invitations.$inferSelect)['language'] }

/** Uses the link up, unless the transaction fails: of two who use it at once, one waits here and then finds it used. */
async function takeInvitation(tx: Database, token: string): Promise<Taken> {
  const { id, accountId } = await findInvitation(tx, token)
  // The role that it is to may be deleted at this moment, and another put in its place.
  await lockRoles(tx, accountId)
  const [locked] = await tx
    .select({ language: invitations.language })
    .from(invitations)
    .where(eq(invitations.id, id))
    .for('update')
  const invitation = await findInvitation(tx, token)
  await tx.update(invitations).set({ acceptedAt: sql`now()` }).where(eq(invitations.id, id))
  return { ...invitation, language: locked?.language ?? 'en' }
}

async function join(
  tx: Database,
  { id, accountId, email, ...held }: FoundInvitation,
  user: { id: string; name: string },
  from: Origin,
): Promise<void> {
  const { role: kind, customRole } = held
  await tx
    .insert(members)
    .values({ accountId, userId: user.id, role: kind, customRoleId: customRole?.id ?? null })
    .onConflictDoNothing()
  const role = roleNameOf(held)
  const actor = userActor(user, accountId, from)
  await recordAuditEvent(tx, actor, 'invitation.accepted', id, { email })
  await recordAuditEvent(tx, actor, 'member.joined', user.id, { email, role })
  await recordEvent(tx, accountId, 'member.joined', user.id, { name: user.name, role })
}

function hasUser(): Refusal {
  return new Refusal(
    'forbidden',
    'Somebody with this e-mail address has a user here already. Open the link in the e-mail again, and join with its password.',
  )
}
