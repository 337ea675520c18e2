import { eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { recoveryCodes, users } from '@/db/schema'
import type { Origin } from '../../audit'
import { recordPersonalMail } from '../../notifications/personal-mails'
import { recognizeDevice } from '../device'
import { forgetBrowsers } from '../known-browsers'
import { recordInEachAccount, userActor } from '../record-in-each-account'
import { endSessions, raiseMethod, requireStillOpen, type Session, type SignInMethod } from '../session'
import type { SignInOrigin } from '../sign-in'
import { browserName } from '../user-agent'
import { hasSecondFactor } from './has-second-factor'
import { countRecoveryCodes, makeRecoveryCodes } from './recovery-codes'

// What happens around a second factor, whichever it is.

export interface Factor {
  factor: 'authenticator' | 'passkey'
  name: string | null
}

/**
 * Makes others who change the same person's factors, or sign them in, wait until the transaction ends.
 * @returns the language of their mails
 */
export async function lockPerson(tx: Database, userId: string) {
  const [user] = await tx.select({ language: users.language }).from(users).where(eq(users.id, userId)).for('update')
  if (!user) throw new Error('A session outlived its user')
  return user.language
}

/**
 * `lockPerson`, for what a session does to its own person.
 * @throws {Refusal} `not_signed_in` when the session has ended meanwhile
 */
export async function lockOwn(tx: Database, session: Session) {
  const language = await lockPerson(tx, session.user.id)
  await requireStillOpen(tx, session)
  return language
}

export async function personHasFactor(db: Database, userId: string): Promise<boolean> {
  const [row] = await db
    .select({ has: hasSecondFactor(sql`${userId}::text`) })
    .from(users)
    .where(eq(users.id, userId))
  return row?.has ?? false
}

/**
 * To be called when a factor was added: with the first one, all sessions but this end that were begun without it, and all
 * browsers but this are forgotten that were known for less.
 * @param wasFirst whether the person had none before
 * @returns the recovery codes that were made, if none were left
 */
export async function noteFactorAdded(
  tx: Database,
  session: Session,
  { factor, name }: Factor,
  { wasFirst, language }: { wasFirst: boolean; language: 'en' | 'es' },
  from: SignInOrigin,
): Promise<string[] | null> {
  const { user, account } = session
  if (wasFirst) {
    await endSessions(tx, user.id, session.id)
    await forgetBrowsers(tx, user.id, recognizeDevice(from.device, user.email))
  }
  const method: SignInMethod = factor === 'passkey' ? 'password_passkey' : 'password_code'
  await raiseMethod(tx, session, method)
  await record(tx, session, 'user.second_factor_added', { factor, name }, from)
  const to = { name: user.name, address: user.email, language }
  await recordPersonalMail(tx, account.id, to, 'second_factor.added', { ...now(from), factor, name })
  if ((await countRecoveryCodes(tx, user.id)) > 0) return null
  return renewCodes(tx, session, from)
}

/** To be called when a factor was removed. Recovery codes go with the last one: there is nothing left to stand in for. */
export async function noteFactorRemoved(
  tx: Database,
  session: Session,
  { factor, name }: Factor,
  language: 'en' | 'es',
  from: Origin,
): Promise<void> {
  const { user, account } = session
  if (!(await personHasFactor(tx, user.id))) {
    await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, user.id))
  }
  await record(tx, session, 'user.second_factor_removed', { factor, name }, from)
  const to = { name: user.name, address: user.email, language }
  await recordPersonalMail(tx, account.id, to, 'second_factor.removed', { ...now(from), factor, name, how: 'person' })
}

/** Makes new recovery codes, and puts that on record. */
export async function renewCodes(tx: Database, session: Session, from: Origin): Promise<string[]> {
  const codes = await makeRecoveryCodes(tx, session.user.id)
  await record(tx, session, 'user.recovery_codes_made', { count: codes.length }, from)
  return codes
}

function record(
  tx: Database,
  { user }: Session,
  action: Parameters<typeof recordInEachAccount>[3],
  details: Record<string, unknown>,
  from: Origin,
): Promise<void> {
  return recordInEachAccount(tx, user.id, (accountId) => userActor(user, accountId, from), action, details)
}

function now({ address, userAgent }: Origin) {
  return { at: new Date().toISOString(), address, browser: browserName(userAgent) }
}
