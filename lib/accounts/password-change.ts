import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { members, passwordResets, users } from '@/db/schema'
import { type Origin, operatorActor } from '../audit'
import { invalidField, isRefusal, Refusal } from '../errors'
import { type PersonalData, recordPersonalMail } from '../notifications/personal-mails'
import { recognizeDevice } from './device'
import { forgetBrowsers } from './known-browsers'
import { requireStrong } from './password-strength'
import { hashPassword } from './passwords'
import { recordInEachAccount, userActor } from './record-in-each-account'
import type { ChangePasswordInput } from './schemas'
import { lockOwn } from './second-factor/change'
import { beginSession, endSessions, type Session } from './session'
import type { SessionClaims } from './session-claims'
import { checkPassword, type SignInOrigin } from './sign-in'
import { forgetAttempts } from './throttle'
import { browserName } from './user-agent'

/**
 * Gives a person another password, and tells them by mail. All their sessions end; this browser's begins anew, as good as it
 * was.
 * @returns what its cookie is to say
 * @throws {Refusal} `invalid` on `current_password` when it is wrong, on `new_password`; `too_many_attempts`; `not_signed_in`
 */
export async function changePassword(
  db: Database,
  session: Session,
  input: ChangePasswordInput,
  from: SignInOrigin,
): Promise<SessionClaims> {
  const { user, account } = session
  await requireStrong('new_password', input.new_password, [user.email, user.name, account.name])
  try {
    // Whoever sits before somebody else's open browser guesses no faster here than at the sign-in page.
    await checkPassword(db, { email: user.email, password: input.current_password }, from)
  } catch (error) {
    if (!isRefusal(error) || error.code !== 'wrong_password') throw error
    throw invalidField('current_password', 'This is not your current password.')
  }
  const passwordHash = await hashPassword(input.new_password)
  return db.transaction(async (tx) => {
    await lockOwn(tx, session)
    const sessionVersion = await setPassword(tx, user.id, passwordHash, { how: 'changed', from })
    await forgetBrowsers(tx, user.id, recognizeDevice(from.device, user.email))
    await recordInEachAccount(tx, user.id, (accountId) => userActor(user, accountId, from), 'user.password_changed')
    return beginSession(tx, { userId: user.id, accountId: account.id, sessionVersion }, session.method, from)
  })
}

/** Ends all sessions of a person, in every browser. All but this browser are forgotten: a sign-in there is told by mail. */
export async function signOutEverywhere(db: Database, session: Session, from: SignInOrigin): Promise<void> {
  const { id, email } = session.user
  await db.transaction(async (tx) => {
    await tx
      .update(users)
      .set({ sessionVersion: sql`${users.sessionVersion} + 1` })
      .where(eq(users.id, id))
    await endSessions(tx, id, null)
    await forgetBrowsers(tx, id, recognizeDevice(from.device, email))
    await recordInEachAccount(
      tx,
      id,
      (accountId) => userActor(session.user, accountId, from),
      'user.signed_out_everywhere',
    )
  })
}

/**
 * Gives a person another password by the operator's hand, ends all their sessions, tells them by mail, and lets them sign in
 * at once.
 * @throws {Refusal} `not_found`; `invalid` on `password`
 */
export async function resetPassword(db: Database, input: { email: string; password: string }): Promise<void> {
  const [user] = await db.select({ id: users.id, name: users.name }).from(users).where(eq(users.email, input.email))
  if (!user) throw new Refusal('not_found', `Nobody has the e-mail address ${input.email}.`)
  await requireStrong('password', input.password, [input.email, user.name])
  const passwordHash = await hashPassword(input.password)
  await db.transaction(async (tx) => {
    await setPassword(tx, user.id, passwordHash, { how: 'operator', from: null })
    await forgetBrowsers(tx, user.id, null)
    await recordInEachAccount(tx, user.id, operatorActor, 'user.password_reset')
  })
  await forgetAttempts(db, input.email)
}

/**
 * Stores a person's new password, ends all their sessions and links, and has them told by mail.
 * @returns the version that sessions carry from now on
 */
export async function setPassword(
  tx: Database,
  userId: string,
  passwordHash: string,
  { how, from }: { how: PersonalData['password.changed']['how']; from: Origin | null },
): Promise<number> {
  const [user] = await tx
    .update(users)
    .set({ passwordHash, passwordChangedAt: sql`now()`, sessionVersion: sql`${users.sessionVersion} + 1` })
    .where(eq(users.id, userId))
    .returning({ sessionVersion: users.sessionVersion })
  if (!user) throw new Error('The person is gone')
  await endSessions(tx, userId, null)
  await tx
    .update(passwordResets)
    .set({ usedAt: sql`now()` })
    .where(and(eq(passwordResets.userId, userId), isNull(passwordResets.usedAt)))
  const [person] = await tx
    .select({
      accountId: members.accountId,
      name: users.name,
      address: users.email,
      language: users.language,
    })
    .from(users)
    .innerJoin(members, eq(members.userId, users.id))
    .where(eq(users.id, userId))
    .orderBy(asc(members.createdAt), asc(members.accountId))
    .limit(1)
  // Who is no member of an account cannot sign in: there is no password to tell of.
  if (!person) return user.sessionVersion
  const { accountId, ...to } = person
  await recordPersonalMail(tx, accountId, to, 'password.changed', {
    at: new Date().toISOString(),
    how,
    address: from?.address ?? null,
    browser: browserName(from?.userAgent ?? null),
  })
  return user.sessionVersion
}
