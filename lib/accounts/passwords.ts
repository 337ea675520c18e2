import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { Refusal } from '../errors'
import { spelledOnce } from './schemas'

/** argon2id with 19 MiB and two passes: OWASP Password Storage Cheat Sheet, first choice for one degree of parallelism. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Hashes at a time, each of 19 MiB and one core, and how many may wait for their turn (some two seconds of work). */
const MAX_RUNNING = 2
const MAX_WAITING = 64

let running = 0
const waiting: (() => void)[] = []

/** One after the other, so that a burst of sign-ins takes neither all memory nor all threads. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_RUNNING) {
    if (waiting.length >= MAX_WAITING) {
      throw new Refusal('too_many_attempts', 'Many people are signing in at this moment. Try again in 5 seconds.')
    }
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else {
    running++
  }
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

/** @returns a PHC string. @throws {Refusal} `too_many_attempts` when too many wait */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(spelledOnce(password), ARGON2ID))
}

/** A hash that no password has, made like all others. */
let unmatched: Promise<string> | undefined

/**
 * Whether a password is the one that was hashed. Where there is no hash to compare with (null), the same work is done for
 * nothing, so that the answer takes as long.
 * @throws {Refusal} `too_many_attempts` when too many wait
 */
export async function verifyPassword(password: string, passwordHash: string | null): Promise<boolean> {
  unmatched ??= hash(randomBytes(32), ARGON2ID)
  const compared = passwordHash ?? (await unmatched)
  const matches = await inTurn(() => verify(compared, spelledOnce(password)))
  return matches && passwordHash !== null
}
