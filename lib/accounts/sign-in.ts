import { setTimeout as sleep } from 'node:timers/promises'
import { asc, eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { members, users } from '@/db/schema'
import { type Actor, type Origin, recordAuditEvent } from '../audit'
import { Refusal } from '../errors'
import { recordPersonalMail } from '../notifications/personal-mails'
import { issueDevice, recognizeDevice } from './device'
import { noteBrowser } from './known-browsers'
import { verifyPassword } from './passwords'
import { countAttempt, TooManyAttempts } from './throttle'
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
  sessionVersion: number
  /** The new value of the device cookie. */
  device: string
  /** The person is mailed that somebody signed in with a browser that is not known as theirs. */
  isTold: boolean
}

/**
 * Signs a person in to the oldest of their accounts. A browser that is not known as theirs is told to them by mail, unless
 * it is the first that they ever sign in with.
 * @throws {Refusal} as `checkPassword`
 */
export async function signIn(db: Database, credentials: Credentials, from: SignInOrigin): Promise<SignedIn> {
  const { email } = credentials
  const { person, deviceId } = await checkPassword(db, credentials, from)
  const { userId, name, accountId, sessionVersion, language } = person
  const actor: Actor = { kind: 'user', id: userId, name, accountId, ...origin(from) }
  return db.transaction(async (tx) => {
    const browser = await noteBrowser(tx, userId, deviceId, from)
    const isTold = !browser.isKnown && !browser.isFirst
    if (isTold) {
      await recordPersonalMail(tx, accountId, { name, address: email, language }, 'sign_in.new_browser', {
        at: new Date().toISOString(),
        address: from.address,
        browser: browserName(from.userAgent),
      })
    }
    await recordAuditEvent(tx, actor, 'user.signed_in', userId, { known_browser: browser.isKnown })
    return { userId, accountId, sessionVersion, device: issueDevice(email, browser.id, from.device), isTold }
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
  const deviceId = recognizeDevice(from.device, email)
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

export async function findPerson(db: Database, email: string) {
  const [person] = await db
    .select({
      userId: users.id,
      name: users.name,
      passwordHash: users.passwordHash,
      sessionVersion: users.sessionVersion,
      language: users.language,
      accountId: members.accountId,
    })
    .from(users)
    .innerJoin(members, eq(members.userId, users.id))
    .where(eq(users.email, email))
    .orderBy(asc(members.createdAt), asc(members.accountId))
    .limit(1)
  return person
}

/** Whoever tried is not known to be the person; hence Fenicia itself is the actor. */
async function recordRefusal(db: Database, person: Person, from: SignInOrigin, reason: string): Promise<void> {
  const actor: Actor = { kind: 'system', id: null, name: 'Fenicia', accountId: person.accountId, ...origin(from) }
  await recordAuditEvent(db, actor, 'user.sign_in_refused', person.userId, { reason })
}

/** Without the browser's cookie. */
export function origin({ address, userAgent, requestId }: SignInOrigin): Origin {
  return { address, userAgent, requestId }
}
