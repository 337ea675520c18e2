import { setTimeout as sleep } from 'node:timers/promises'
import { eq, gt, lt, sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Database } from '@/db/client'
import { passwordResets, users } from '@/db/schema'
import { systemActor } from '../audit'
import { Refusal } from '../errors'
import { newId } from '../ids'
import { recordPersonalMail } from '../notifications/personal-mails'
import { issueDevice } from './device'
import { forgetBrowsers, noteBrowser } from './known-browsers'
import { hashLink, linkToken, UNKNOWN_LINK } from './links'
import { setPassword } from './password-change'
import { requireStrong } from './password-strength'
import { hashPassword } from './passwords'
import { recordInEachAccount, userActor } from './record-in-each-account'
import type { newPasswordInput } from './schemas'
import { personHasFactor } from './second-factor/change'
import { findPerson, origin, REFUSAL_MS, type SignInOrigin } from './sign-in'
import { countResetRequest, forgetAttempts } from './throttle'
import { browserName } from './user-agent'

/** How long a link for a new password is good. */
export const RESET_MINUTES = 30
/** How long links that have ended are kept, so that it can be said what became of them. */
const KEEP_DAYS = 7

/**
 * Mails a link for a new password to the person with this e-mail address. Whether there is one shows neither in the answer
 * nor in the time that it takes.
 * @throws {Refusal} `too_many_attempts`, for an e-mail address that nobody has, too
 */
export async function requestPasswordReset(
  db: Database,
  { email }: { email: string },
  from: SignInOrigin,
): Promise<void> {
  const started = performance.now()
  await countResetRequest(db, email, from.address)
  const person = await findPerson(db, email)
  if (person) {
    const { userId, accountId, name, language } = person
    const resetId = newId('passwordReset')
    const expiresAt = new Date(Date.now() + RESET_MINUTES * 60_000)
    await db.transaction(async (tx) => {
      const linkHash = hashLink(linkToken('password_reset', resetId))
      await tx.insert(passwordResets).values({ id: resetId, userId, linkHash, expiresAt })
      await recordPersonalMail(tx, accountId, { name, address: email, language }, 'password.reset_requested', {
        resetId,
        expiresAt: expiresAt.toISOString(),
        address: from.address,
        browser: browserName(from.userAgent),
      })
      // Whoever asks is not known to be the person; hence Fenicia itself is the actor.
      const actorIn = (id: string) => ({ ...systemActor(id), ...origin(from) })
      await recordInEachAccount(tx, userId, actorIn, 'user.password_reset_requested')
    })
  }
  await sleep(Math.max(0, REFUSAL_MS - (performance.now() - started)))
}

/**
 * Whose password a link sets. Looking uses nothing up.
 * @throws {Refusal} `link_ended`, saying how
 */
export async function findResetLink(db: Database, token: string): Promise<{ email: string }> {
  const { email } = await requireReset(db, token)
  return { email }
}

/**
 * Sets a new password by a link, once. All sessions of the person end, and they are told by mail; the browser that they did
 * it with is known as theirs, unless they have a second factor: whoever reads their mails has not given that, and would
 * have as many known browsers to guess it in as they liked.
 * @returns the e-mail address, and the new value of the device cookie, if the browser is known
 * @throws {Refusal} `link_ended`, saying how; `invalid` on `password`
 */
export async function resetForgottenPassword(
  db: Database,
  { token, password }: z.output<typeof newPasswordInput>,
  from: SignInOrigin,
): Promise<{ email: string; device: string | null }> {
  // Before the work of hashing, and again where it is certain.
  const { userId, email, name } = await requireReset(db, token)
  await requireStrong('password', password, [email, name])
  const passwordHash = await hashPassword(password)
  const browserId = await db.transaction(async (tx) => {
    // Locked in the order in which setting a password takes them: first the person.
    await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('update')
    await requireReset(tx, token)
    await setPassword(tx, userId, passwordHash, { how: 'reset', from })
    await forgetBrowsers(tx, userId, null)
    const actorIn = (accountId: string) => userActor({ id: userId, name }, accountId, from)
    await recordInEachAccount(tx, userId, actorIn, 'user.password_reset')
    return (await personHasFactor(tx, userId)) ? null : (await noteBrowser(tx, userId, null, from)).id
  })
  await forgetAttempts(db, email)
  return { email, device: browserId && issueDevice(email, browserId, from.device) }
}

async function requireReset(db: Database, token: string) {
  const [row] = await db
    .select({
      userId: users.id,
      email: users.email,
      name: users.name,
      usedAt: passwordResets.usedAt,
      isInTime: sql<boolean>`${gt(passwordResets.expiresAt, sql`now()`)}`,
    })
    .from(passwordResets)
    .innerJoin(users, eq(users.id, passwordResets.userId))
    .where(eq(passwordResets.linkHash, hashLink(token)))
  if (!row) throw new Refusal('link_ended', UNKNOWN_LINK)
  if (row.usedAt) {
    throw new Refusal('link_ended', 'This link was used already, or the password was changed since it was sent.')
  }
  if (!row.isInTime) throw new Refusal('link_ended', `This link is over ${RESET_MINUTES} minutes old.`)
  return row
}

/** Forgets links that ended a week ago. */
export async function prunePasswordResets(db: Database): Promise<void> {
  await db.delete(passwordResets).where(lt(passwordResets.expiresAt, sql`now() - ${KEEP_DAYS} * interval '1 day'`))
}
