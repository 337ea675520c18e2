import { setTimeout as sleep } from 'node:timers/promises'
import { asc, eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { members, users } from '@/db/schema'
import { type Actor, type Origin, recordAuditEvent } from '../audit'
import { Refusal } from '../errors'
import { issueDevice, recognizeDevice } from './device'
import { verifyPassword } from './passwords'
import { countAttempt } from './throttle'

/** A refusal takes at least so long, whatever was found on the way. */
const REFUSAL_MS = 300

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
}

/**
 * Signs a person in to the oldest of their accounts.
 * @throws {Refusal} as `checkPassword`
 */
export async function signIn(db: Database, credentials: Credentials, from: SignInOrigin): Promise<SignedIn> {
  const { person, knownBrowser } = await checkPassword(db, credentials, from)
  const { userId, name, accountId, sessionVersion } = person
  const actor: Actor = { kind: 'user', id: userId, name, accountId, ...origin(from) }
  await recordAuditEvent(db, actor, 'user.signed_in', userId, { known_browser: knownBrowser })
  return { userId, accountId, sessionVersion, device: issueDevice(credentials.email) }
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
): Promise<{ person: Person; knownBrowser: boolean }> {
  const started = performance.now()
  const deviceId = recognizeDevice(from.device, email)
  const takeBack = await countAttempt(db, { email, deviceId, address: from.address })
  const person = await findPerson(db, email)
  if (!(await verifyPassword(password, person?.passwordHash ?? null)) || !person) {
    if (person) await recordRefusal(db, person, from)
    await sleep(Math.max(0, REFUSAL_MS - (performance.now() - started)))
    throw new Refusal('wrong_password', 'The e-mail address or the password is not right.')
  }
  await takeBack()
  return { person, knownBrowser: deviceId !== null }
}

type Person = NonNullable<Awaited<ReturnType<typeof findPerson>>>

async function findPerson(db: Database, email: string) {
  const [person] = await db
    .select({
      userId: users.id,
      name: users.name,
      passwordHash: users.passwordHash,
      sessionVersion: users.sessionVersion,
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
async function recordRefusal(db: Database, person: Person, from: SignInOrigin): Promise<void> {
  const actor: Actor = { kind: 'system', id: null, name: 'Fenicia', accountId: person.accountId, ...origin(from) }
  await recordAuditEvent(db, actor, 'user.sign_in_refused', person.userId, { reason: 'wrong_password' })
}

function origin({ address, userAgent, requestId }: SignInOrigin): Origin {
  return { address, userAgent, requestId }
}
