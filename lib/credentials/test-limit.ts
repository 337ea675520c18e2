import { RateLimiterDrizzle, RateLimiterRes } from 'rate-limiter-flexible'
import type { Database } from '@/db/client'
import { signInFailures } from '@/db/schema'
import { Refusal } from '../errors'

/** Tests of an account, and renewals that it asks for, in so many seconds: plenty for people, useless for looking around in networks. */
export const TEST_RATE = { points: 30, duration: 300 }

const limiters = new WeakMap<Database, RateLimiterDrizzle>()

/**
 * Counts a test before it runs.
 * @throws {Refusal} `too_many_requests`, saying how long to wait
 */
export async function countTest(db: Database, accountId: string): Promise<void> {
  let limiter = limiters.get(db)
  if (!limiter) {
    limiter = new RateLimiterDrizzle({
      ...TEST_RATE,
      keyPrefix: 'credentialTest',
      storeClient: db,
      schema: signInFailures,
      // A job does it.
      clearExpiredByTimeout: false,
    })
    limiters.set(db, limiter)
  }
  try {
    await limiter.consume(accountId)
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error
    const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000))
    throw new Refusal(
      'too_many_requests',
      `An account may test, renew or connect ${TEST_RATE.points} times in five minutes. Try again in ${seconds} seconds.`,
      [],
      seconds,
    )
  }
}
