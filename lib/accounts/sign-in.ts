import { setTimeout as sleep } from 'node:timers/promises'
import { asc, eq, type SQL } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { members, users } from '@/db/schema'
import { type Actor, type Origin, recordAuditEvent } from '../audit'
import { Refusal } from '../errors'
import { recordPersonalMail } from '../notifications/personal-mails'
import { issueDevice } from './device'
import { findKnownBrowser, noteBrowser } from './known-browsers'
import { verifyPassword } from './passwords'
import { hasSecondFactor } from './second-factor/has-second-factor'
import { beginSession, type SignInMethod } from './session'
import type { SessionClaims } from './session-claims'
import { countAttempt, TooManyAttempts } from './throttle'
import { issueTicket } from './ticket'
import { browserName } from './user-agent'

/** A refusal takes at least so long, whatever was found on the way. */
export const REFUSAL_MS = 300

export interface Credentials {
  /** In the form of `emailAddress`. */
  email: string
  password: string
}

/** Where an attempt comes from; `device` is the value of the device cookie. */
export interface SignInOrigin extends Origin {
  device?: string
}

export interface SignedIn {
  userId: string
  accountId: string
  /** Of the session that began. */
  claims: SessionClaims
  /** The new value of the device cookie. */
  device: string
  /** The person is mailed that somebody signed in with a browser that is not known as theirs, or how. */
  isTold: boolean
}

/** What a right password leads to: a session, or a ticket for the step in which the second factor is given. */
export type SignInAnswer = { signedIn: SignedIn; ticket?: never } | { signedIn?: never; ticket: string }

/**
 * Signs a person in to the oldest of their accounts by their password; whoever has a second factor is asked for it, and has
 * no session before.
 * @throws {Refusal} as `checkPassword`
 */
export async function signIn(db: Database, credentials: Credentials, from: SignInOrigin): Promise<SignInAnswer> {
  const { person, deviceId } = await checkPassword(db, credentials, from)
  const { userId: sub, sessionVersion: ver } = person
  if (person.hasSecondFactor) return { ticket: await issueTicket('second_factor', { sub, ver }) }
  return { signedIn: await beginSignedIn(db, person, deviceId, from, async () => 'password') }
}

/**
 * Begins the session of a person who has proved who they are. A browser that is not known as theirs is told to them by mail,
 * unless it is the first that they ever sign in with.
 * @param prove does what is left of the proof within the transaction, such as using up a code, and tells how it was given
 * @throws {Refusal} what `prove` throws; `step_ended` when the person has got another password or their first second factor
 * meanwhile
 */
export async function beginSignedIn(
  db: Database,
  person: Person,
  deviceId: string | null,
  from: SignInOrigin,
  prove: (tx: Database) => Promise<SignInMethod>,
): Promise<SignedIn> {
  const { userId, name, email, sessionVersion, language } = person
  return db.transaction(async (tx) => {
    // Whoever sets a password or adds a second factor waits until the session is there to be ended, or has done so.
    await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('share')
    const now = await findPerson(tx, email)
    const method = await prove(tx)
    if (now?.sessionVersion !== sessionVersion || (method === 'password' && now.hasSecondFactor)) {
      throw new Refusal('step_ended', 'Something about how you sign in was changed at this moment. Begin anew.')
    }
    // They may have been taken out of the account that they would have signed in to.
    const { accountId } = now
    const browser = await noteBrowser(tx, userId, deviceId, from)
    const isNew = !browser.isKnown && !browser.isFirst
    if (isNew) {
      await recordPersonalMail(tx, accountId, { name, address: email, language }, 'sign_in.new_browser', {
        at: new Date().toISOString(),
        address: from.address,
        browser: browserName(from.userAgent),
        method,
      })
    }
    const claims = await beginSession(tx, { userId, accountId, sessionVersion }, method, from)
    const actor: Actor = { kind: 'user', id: userId, name, accountId, ...origin(from) }
    await recordAuditEvent(tx, actor, 'user.signed_in', userId, { known_browser: browser.isKnown, method })
    const device = issueDevice(email, browser.id, from.device)
    return { userId, accountId, claims, device, isTold: isNew || method === 'password_recovery_code' }
  })
}

/**
 * Finds the person whose e-mail address and password these are. An e-mail address that nobody has and a password that is
 * wrong are refused in the same words, after the same work and in the same time.
 * @throws {Refusal} `wrong_password`; `too_many_attempts`, saying how long to wait
 */
export async function checkPassword(
  db: Database,
  { email, password }: Credentials,
  from: SignInOrigin,
): Promise<{ person: Person; deviceId: string | null }> {
  const started = performance.now()
  const deviceId = await findKnownBrowser(db, from.device, email)
  const refuse = async (person: Person | undefined, reason: 'wrong_password' | 'too_many_attempts') => {
    if (person) await recordRefusal(db, person, from, reason)
    await sleep(Math.max(0, REFUSAL_MS - (performance.now() - started)))
  }
  const takeBack = await countAttempt(db, { email, deviceId, address: from.address }).catch(async (error) => {
    // One event for all that are not looked at: a stranger fills nobody's log.
    if (error instanceof TooManyAttempts && error.begins) await refuse(await findPerson(db, email), 'too_many_attempts')
    throw error
  })
  const person = await findPerson(db, email)
  if (!(await verifyPassword(password, person?.passwordHash ?? null)) || !person) {
    await refuse(person, 'wrong_password')
    throw new Refusal('wrong_password', 'The e-mail address or the password is not right.')
  }
  await takeBack()
  return { person, deviceId }
}

/** Somebody who can sign in, in the account that they sign in to. */
export type Person = NonNullable<Awaited<ReturnType<typeof findPerson>>>

/** The person with an e-mail address, in the oldest of their accounts. */
export async function findPerson(db: Database, email: string) {
  return findBy(db, eq(users.email, email))
}

/** The person with an id, in the oldest of their accounts. */
export async function findPersonById(db: Database, userId: string) {
  return findBy(db, eq(users.id, userId))
}

async function findBy(db: Database, condition: SQL) {
  const [person] = await db
    .select({
      userId: users.id,
      email: users.email,
      name: users.name,
      passwordHash: users.passwordHash,
      sessionVersion: users.sessionVersion,
      language: users.language,
      accountId: members.accountId,
      hasSecondFactor: hasSecondFactor(users.id),
    })
    .from(users)
    .innerJoin(members, eq(members.userId, users.id))
    .where(condition)
    .orderBy(asc(members.createdAt), asc(members.accountId))
    .limit(1)
  return person
}

/** Why somebody was not let in who gave something of a person's. */
export type SignInRefusalReason =
  | 'wrong_password'
  | 'too_many_attempts'
  | 'wrong_code'
  | 'passkey_refused'
  | 'passkey_counter'

/** Whoever tried is not known to be the person; hence Fenicia itself is the actor. */
export async function recordRefusal(
  db: Database,
  person: Pick<Person, 'userId' | 'accountId'>,
  from: SignInOrigin,
  reason: SignInRefusalReason,
): Promise<void> {
  const actor: Actor = { kind: 'system', id: null, name: 'Fenicia', accountId: person.accountId, ...origin(from) }
  await recordAuditEvent(db, actor, 'user.sign_in_refused', person.userId, { reason })
}

/** Without the browser's cookie. */
export function origin({ address, userAgent, requestId }: Origin): Origin {
  return { address, userAgent, requestId }
}
