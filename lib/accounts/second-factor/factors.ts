import { and, asc, eq, isNotNull } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { authenticators, passkeys, recoveryCodes, users } from '@/db/schema'
import { operatorActor } from '../../audit'
import { Refusal } from '../../errors'
import { recordPersonalMail } from '../../notifications/personal-mails'
import { recordInEachAccount } from '../record-in-each-account'
import { endSessions, type Session } from '../session'
import { findPerson, origin, type SignInOrigin } from '../sign-in'
import { forgetCodes } from '../throttle'
import { lockOwn, lockPerson, personHasFactor, renewCodes } from './change'
import { countRecoveryCodes } from './recovery-codes'

/** The second factors of a person, without anything secret. */
export interface Factors {
  /** Since when there is an authenticator app; null: there is none. */
  authenticatorSince: Date | null
  passkeys: {
    id: string
    name: string
    createdAt: Date
    lastUsedAt: Date | null
    transports: string[]
    backedUp: boolean
  }[]
  recoveryCodesLeft: number
}

export async function listFactors(db: Database, userId: string): Promise<Factors> {
  const [[authenticator], keys, recoveryCodesLeft] = await Promise.all([
    db
      .select({ since: authenticators.confirmedAt })
      .from(authenticators)
      .where(and(eq(authenticators.userId, userId), isNotNull(authenticators.confirmedAt))),
    db
      .select({
        id: passkeys.id,
        name: passkeys.name,
        createdAt: passkeys.createdAt,
        lastUsedAt: passkeys.lastUsedAt,
        transports: passkeys.transports,
        backedUp: passkeys.backedUp,
      })
      .from(passkeys)
      .where(eq(passkeys.userId, userId))
      .orderBy(asc(passkeys.id)),
    countRecoveryCodes(db, userId),
  ])
  return { authenticatorSince: authenticator?.since ?? null, passkeys: keys, recoveryCodesLeft }
}

/**
 * Gives a person new recovery codes; those before stop to be good.
 * @returns the codes, which are shown this once
 * @throws {Refusal} `forbidden` when there is no factor that they could stand in for
 */
export async function makeNewRecoveryCodes(db: Database, session: Session, from: SignInOrigin): Promise<string[]> {
  return db.transaction(async (tx) => {
    await lockOwn(tx, session)
    if (!(await personHasFactor(tx, session.user.id))) {
      throw new Refusal('forbidden', 'Set up an authenticator app or a passkey first.')
    }
    return renewCodes(tx, session, origin(from))
  })
}

/**
 * Takes all second factors of a person away by the operator's hand, for somebody who lost theirs and has no recovery code.
 * They are signed out everywhere, told by mail, and sign in by their password alone.
 * @throws {Refusal} `not_found`
 */
export async function resetSecondFactor(db: Database, email: string): Promise<{ removed: number }> {
  const [user] = await db.select({ id: users.id }).from(users).where(eq(users.email, email))
  if (!user) throw new Refusal('not_found', `Nobody has the e-mail address ${email}.`)
  const removed = await db.transaction(async (tx) => {
    const language = await lockPerson(tx, user.id)
    const apps = await tx.delete(authenticators).where(eq(authenticators.userId, user.id)).returning()
    const keys = await tx.delete(passkeys).where(eq(passkeys.userId, user.id)).returning({ name: passkeys.name })
    await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, user.id))
    const confirmed = apps.filter(({ confirmedAt }) => confirmedAt !== null).length
    await endSessions(tx, user.id, null)
    await recordInEachAccount(tx, user.id, operatorActor, 'user.second_factor_reset', {
      authenticator: confirmed > 0,
      passkeys: keys.map(({ name }) => name),
    })
    const person = await findPerson(tx, email)
    if (person && confirmed + keys.length > 0) {
      const to = { name: person.name, address: email, language }
      await recordPersonalMail(tx, person.accountId, to, 'second_factor.removed', {
        at: new Date().toISOString(),
        address: null,
        browser: null,
        factor: confirmed > 0 ? 'authenticator' : 'passkey',
        name: null,
        how: 'operator',
      })
    }
    return confirmed + keys.length
  })
  await forgetCodes(db, user.id)
  return { removed }
}
