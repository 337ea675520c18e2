import { eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { members, users } from '@/db/schema'
import { type Actor, type Origin, operatorActor, recordAuditEvent } from '../audit'
import { invalidField, isRefusal, Refusal } from '../errors'
import { hashPassword } from './passwords'
import { type ChangePasswordInput, GUESSABLE, isGuessable } from './schemas'
import type { Session } from './session'
import { checkPassword, type SignInOrigin } from './sign-in'
import { forgetAttempts } from './throttle'

/**
 * Gives a person another password. All their sessions end; this browser signs in anew.
 * @throws {Refusal} `invalid` on `current_password` when it is wrong, on `new_password`; `too_many_attempts`
 */
export async function changePassword(
  db: Database,
  session: Session,
  input: ChangePasswordInput,
  from: SignInOrigin,
): Promise<void> {
  const { user, account } = session
  if (isGuessable(input.new_password, [user.email, user.name, account.name])) {
    throw invalidField('new_password', GUESSABLE)
  }
  try {
    // Whoever sits before somebody else's open browser guesses no faster here than at the sign-in page.
    await checkPassword(db, { email: user.email, password: input.current_password }, from)
  } catch (error) {
    if (!isRefusal(error) || error.code !== 'wrong_password') throw error
    throw invalidField('current_password', 'This is not your current password.')
  }
  const passwordHash = await hashPassword(input.new_password)
  await db.transaction(async (tx) => {
    await setPassword(tx, user.id, passwordHash)
    await recordInEachAccount(tx, user.id, (accountId) => userActor(session, accountId, from), 'user.password_changed')
  })
}

/** Ends all sessions of a person, in every browser. */
export async function signOutEverywhere(db: Database, session: Session, from: Origin): Promise<void> {
  const { id } = session.user
  await db.transaction(async (tx) => {
    await tx
      .update(users)
      .set({ sessionVersion: sql`${users.sessionVersion} + 1` })
      .where(eq(users.id, id))
    await recordInEachAccount(tx, id, (accountId) => userActor(session, accountId, from), 'user.signed_out_everywhere')
  })
}

/**
 * Gives a person another password by the operator's hand, ends all their sessions, and lets them sign in at once.
 * @throws {Refusal} `not_found`; `invalid` on `password`
 */
export async function resetPassword(db: Database, input: { email: string; password: string }): Promise<void> {
  const [user] = await db.select({ id: users.id, name: users.name }).from(users).where(eq(users.email, input.email))
  if (!user) throw new Refusal('not_found', `Nobody has the e-mail address ${input.email}.`)
  if (isGuessable(input.password, [input.email, user.name])) throw invalidField('password', GUESSABLE)
  const passwordHash = await hashPassword(input.password)
  await db.transaction(async (tx) => {
    await setPassword(tx, user.id, passwordHash)
    await recordInEachAccount(tx, user.id, operatorActor, 'user.password_reset')
  })
  await forgetAttempts(db, input.email)
}

async function setPassword(tx: Database, userId: string, passwordHash: string): Promise<void> {
  await tx
    .update(users)
    .set({ passwordHash, passwordChangedAt: sql`now()`, sessionVersion: sql`${users.sessionVersion} + 1` })
    .where(eq(users.id, userId))
}

/** What happens to a person concerns every account that they are a member of. */
async function recordInEachAccount(
  tx: Database,
  userId: string,
  actorIn: (accountId: string) => Actor,
  action: 'user.password_changed' | 'user.password_reset' | 'user.signed_out_everywhere',
): Promise<void> {
  const memberships = await tx.select({ accountId: members.accountId }).from(members).where(eq(members.userId, userId))
  for (const { accountId } of memberships) await recordAuditEvent(tx, actorIn(accountId), action, userId)
}

function userActor({ user }: Session, accountId: string, { address, userAgent, requestId }: Origin): Actor {
  return { kind: 'user', id: user.id, name: user.name, accountId, address, userAgent, requestId }
}
