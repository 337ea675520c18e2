import { isIPv6 } from 'node:net'
import { lt, sql } from 'drizzle-orm'
import { RateLimiterDrizzle, RateLimiterRes } from 'rate-limiter-flexible'
import type { Database } from '@/db/client'
import { signInFailures } from '@/db/schema'
import { Refusal } from '../errors'
import { keyedHash } from './device'

/**
 * How many failed attempts in how many seconds, and for how long the next ones are refused without being looked at.
 * A stranger who hammers an e-mail address from one address is out for a quarter of an hour after some minutes; the
 * person meanwhile signs in from a browser that is known, or after a minute at most.
 */
const LIMITS = {
  /** Attempts on one e-mail address by browsers that are not known. */
  email: { points: 5, duration: 60, blockDuration: 60 },
  /** Attempts on one e-mail address by one browser in which its person has signed in before. */
  device: { points: 10, duration: 60, blockDuration: 60 },
  /** Attempts from one IP address, on whatever e-mail address, by browsers that are not known. */
  address: { points: 30, duration: 900, blockDuration: 900 },
  /** Codes of a second factor, by person or, in a browser that is known as theirs, by browser: 480 guesses a day at a million. */
  code: { points: 5, duration: 900, blockDuration: 900 },
  /** Accounts made from one IP address, where sign-up is open. */
  signUp: { points: 10, duration: 3_600, blockDuration: 900 },
  /** Links for a new password, by e-mail address. Whoever uses them up for somebody else has sent them three good links. */
  reset: { points: 3, duration: 900, blockDuration: 900 },
  /** Links for a new password, asked for from one IP address, whomever for. */
  resetAddress: { points: 20, duration: 3_600, blockDuration: 900 },
  /** Invitations that one account sends: they go to people who did not ask for them. */
  invitation: { points: 50, duration: 3_600, blockDuration: 900 },
  /** Tokens that are reported as leaked from one IP address. */
  leak: { points: 300, duration: 3_600, blockDuration: 900 },
}

type Bucket = keyof typeof LIMITS

export interface Attempt {
  email: string
  /** The id of a browser that is known for this e-mail address. */
  deviceId: string | null
  address: string | null
}

/**
 * Counts an attempt to sign in before it is looked at, so that many at once are no way round the limits.
 * @returns what to call when the attempt succeeds: it is then taken back
 * @throws {Refusal} `too_many_attempts`, saying how long to wait
 */
export async function countAttempt(db: Database, { email, deviceId, address }: Attempt): Promise<() => Promise<void>> {
  if (deviceId) {
    const key = await consume(db, 'device', deviceId)
    return async () => {
      await limiter(db, 'device').delete(key)
    }
  }
  const network = address && networkOf(address)
  // An address that is out does not use up the attempts on an e-mail address.
  if (network) await requireFree(db, 'address', network)
  const emailKey = await consume(db, 'email', email)
  const networkKey = network && (await consume(db, 'address', network))
  return async () => {
    await limiter(db, 'email').delete(emailKey)
    if (networkKey) await limiter(db, 'address').reward(networkKey, 1)
  }
}

/**
 * Counts a code of a second factor before it is looked at. Whoever guesses elsewhere is not in the way of a person in a
 * browser that is known as theirs.
 * @returns what to call when the code is right
 * @throws {Refusal} `too_many_attempts`, saying how long to wait
 */
export async function countCode(db: Database, userId: string, deviceId: string | null): Promise<() => Promise<void>> {
  const key = await consume(db, 'code', deviceId ?? userId)
  return async () => {
    await limiter(db, 'code').delete(key)
  }
}

/**
 * Counts an account that is to be made.
 * @throws {Refusal} `too_many_attempts`
 */
export async function countSignUp(db: Database, address: string | null): Promise<void> {
  if (address) await consume(db, 'signUp', networkOf(address))
}

/**
 * Counts a link for a new password that is asked for, whether or not somebody has the e-mail address.
 * @throws {Refusal} `too_many_attempts`
 */
export async function countResetRequest(db: Database, email: string, address: string | null): Promise<void> {
  if (address) await consume(db, 'resetAddress', networkOf(address))
  await consume(db, 'reset', email)
}

/**
 * Counts an invitation that an account is to send.
 * @throws {Refusal} `too_many_attempts`
 */
export async function countInvitation(db: Database, accountId: string): Promise<void> {
  await consume(db, 'invitation', accountId)
}

/**
 * Counts tokens that are reported as leaked: anybody may, so nobody may without end.
 * @throws {Refusal} `too_many_requests`
 */
export async function countLeakReport(db: Database, address: string | null, tokens: number): Promise<void> {
  try {
    await limiter(db, 'leak').consume(keyedHash('leak', address ? networkOf(address) : ''), tokens)
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error
    const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000))
    const message = `Too many tokens were reported from your address. Try again in ${waitInWords(error.msBeforeNext)}.`
    throw new Refusal('too_many_requests', message, [], seconds)
  }
}

/** Lets attempts on an e-mail address be looked at again. */
export async function forgetAttempts(db: Database, email: string): Promise<void> {
  await limiter(db, 'email').delete(keyedHash('email', email))
}

/** Lets codes of a person's second factor be looked at again. */
export async function forgetCodes(db: Database, userId: string): Promise<void> {
  await limiter(db, 'code').delete(keyedHash('code', userId))
}

/** Forgets counters whose time is over. */
export async function pruneAttempts(db: Database): Promise<void> {
  await db.delete(signInFailures).where(lt(signInFailures.expire, sql`now()`))
}

/** @returns the counter's key, which tells nobody what was counted */
async function consume(db: Database, bucket: Bucket, of: string): Promise<string> {
  const key = keyedHash(bucket, of)
  try {
    await limiter(db, bucket).consume(key)
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error
    throw new TooManyAttempts(error.msBeforeNext, error.consumedPoints <= LIMITS[bucket].points + 1)
  }
  return key
}

async function requireFree(db: Database, bucket: Bucket, of: string): Promise<void> {
  const state = await limiter(db, bucket).get(keyedHash(bucket, of))
  if (state && state.consumedPoints > LIMITS[bucket].points) throw new TooManyAttempts(state.msBeforeNext, false)
}

const limiters = new WeakMap<Database, Record<Bucket, RateLimiterDrizzle>>()

function limiter(db: Database, bucket: Bucket): RateLimiterDrizzle {
  let ofDatabase = limiters.get(db)
  if (!ofDatabase) {
    const make = (name: Bucket) =>
      new RateLimiterDrizzle({
        ...LIMITS[name],
        keyPrefix: name,
        storeClient: db,
        schema: signInFailures,
        // A job does it.
        clearExpiredByTimeout: false,
      })
    ofDatabase = Object.fromEntries((Object.keys(LIMITS) as Bucket[]).map((name) => [name, make(name)])) as Record<
      Bucket,
      RateLimiterDrizzle
    >
    limiters.set(db, ofDatabase)
  }
  return ofDatabase[bucket]
}

/** Attempts are refused without being looked at. `begins`: this one is the first that is. */
export class TooManyAttempts extends Refusal {
  constructor(
    msBeforeNext: number,
    readonly begins: boolean,
  ) {
    super('too_many_attempts', `Too many attempts. Try again in ${waitInWords(msBeforeNext)}.`)
  }
}

function waitInWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000))
  if (seconds === 1) return '1 second'
  if (seconds <= 90) return `${seconds} seconds`
  return `${Math.ceil(seconds / 60)} minutes`
}

/** What one subscriber holds: an IPv4 address, or the /64 network of an IPv6 address (RFC 6177). */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  // URLs write IPv6 addresses in one way (RFC 5952), without zone.
  const [head = '', tail] = new URL(`http://[${address.split('%')[0]}]`).hostname.slice(1, -1).split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : 8 - groups.length - after.length
  return [...groups, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':')
}
