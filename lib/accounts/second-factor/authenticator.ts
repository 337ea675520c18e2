import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { authenticators } from '@/db/schema'
import { invalidField, Refusal } from '../../errors'
import { getRuntime } from '../../runtime'
import { openAuthenticator, type Secret, sealAuthenticator } from '../../vault'
import { findKnownBrowser } from '../known-browsers'
import type { Session } from '../session'
import { origin, type SignInOrigin } from '../sign-in'
import { countCode } from '../throttle'
import { lockOwn, noteFactorAdded, noteFactorRemoved, personHasFactor } from './change'
import { newTotpSecret, stepOf, totpAddress } from './totp'

/** What an authenticator app is to be given, once. */
export interface NewAuthenticator {
  /** For typing. */
  secret: Secret
  /** For the picture that is read by a camera. */
  address: Secret
}

/** How old a secret that was shown may be when its first code comes. */
const CONFIRM_MINUTES = 30

export const WRONG_CODE = 'This code is not right, or was used already. Wait for the next one.'

/**
 * Begins to add an authenticator app. It counts for nothing until a code of it was given, see `confirmAuthenticator`; of one
 * that was begun before and not finished nothing is left.
 * @throws {Refusal} `forbidden` when the person has one
 */
export async function startAuthenticator(db: Database, { user }: Session): Promise<NewAuthenticator> {
  const secret = newTotpSecret()
  const sealed = await sealAuthenticator(getRuntime().vault.masterKeys, user.id, secret)
  const fresh = { ...sealed, lastStep: null, createdAt: sql`now()` }
  const started = await db
    .insert(authenticators)
    .values({ userId: user.id, ...fresh })
    .onConflictDoUpdate({ target: authenticators.userId, set: fresh, setWhere: isNull(authenticators.confirmedAt) })
    .returning({ userId: authenticators.userId })
  if (started.length === 0) throw new Refusal('forbidden', 'You have an authenticator app already. Remove it first.')
  return { secret, address: totpAddress(secret, user.email) }
}

/**
 * Adds the authenticator app that was begun with, by its first code. With a person's first factor their other sessions end,
 * and they are told of it by mail.
 * @returns recovery codes, which are shown this once, unless the person has some; and
 * @throws {Refusal} `invalid` on `code`; `step_ended` when none was begun with, or too long ago; `too_many_attempts`
 */
export async function confirmAuthenticator(
  db: Database,
  session: Session,
  code: string,
  from: SignInOrigin,
): Promise<{ recoveryCodes: string[] | null }> {
  const { id: userId, email } = session.user
  const takeBack = await countCode(db, userId, await findKnownBrowser(db, from.device, email))
  const added = await db.transaction(async (tx) => {
    const language = await lockOwn(tx, session)
    const wasFirst = !(await personHasFactor(tx, userId))
    const age = sql`${authenticators.createdAt} > now() - ${CONFIRM_MINUTES} * interval '1 minute'`
    const [begun] = await tx
      .select()
      .from(authenticators)
      .where(and(eq(authenticators.userId, userId), isNull(authenticators.confirmedAt), age))
      // Another tab may begin anew at this moment, with another secret.
      .for('update')
    if (!begun) throw new Refusal('step_ended', 'This was begun too long ago. Close it and begin anew.')
    const step = stepOf(await openAuthenticator(getRuntime().vault.masterKeys, userId, begun), code)
    if (step === null) throw invalidField('code', 'This is not the code that the app shows now. Is its clock right?')
    await tx
      .update(authenticators)
      .set({ confirmedAt: sql`now()`, lastStep: step })
      .where(eq(authenticators.userId, userId))
    const factor = { factor: 'authenticator', name: null } as const
    return { recoveryCodes: await noteFactorAdded(tx, session, factor, { wasFirst, language }, from) }
  })
  await takeBack()
  return added
}

/**
 * Uses a code of a person's authenticator app up: neither it nor an earlier one is taken again (RFC 6238 §5.2).
 * @returns whether it is right
 */
export async function takeCode(tx: Database, userId: string, code: string): Promise<boolean> {
  const [row] = await tx
    .select()
    .from(authenticators)
    .where(and(eq(authenticators.userId, userId), isNotNull(authenticators.confirmedAt)))
    .for('update')
  if (!row) return false
  const step = stepOf(await openAuthenticator(getRuntime().vault.masterKeys, userId, row), code)
  if (step === null || (row.lastStep !== null && step <= row.lastStep)) return false
  await tx.update(authenticators).set({ lastStep: step }).where(eq(authenticators.userId, userId))
  return true
}

/**
 * Removes a person's authenticator app; they are told by mail.
 * @throws {Refusal} `not_found` when they have none
 */
export async function removeAuthenticator(db: Database, session: Session, from: SignInOrigin): Promise<void> {
  await db.transaction(async (tx) => {
    const language = await lockOwn(tx, session)
    const removed = await tx
      .delete(authenticators)
      .where(and(eq(authenticators.userId, session.user.id), isNotNull(authenticators.confirmedAt)))
      .returning({ userId: authenticators.userId })
    if (removed.length === 0) throw new Refusal('not_found', 'You have no authenticator app.')
    await noteFactorRemoved(tx, session, { factor: 'authenticator', name: null }, language, origin(from))
  })
}
