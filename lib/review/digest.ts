import { type AnyColumn, and, eq, gt, gte, notExists, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { accounts, outboxEvents } from '@/db/schema'
import { log } from '../log'
import { recordEvent } from '../notifications/outbox'
import { countCredentialFindings } from './credentials'
import { countKeyFindings } from './keys'

/** Accounts looked at in one go. */
const BATCH = 100

/**
 * Has the owners and admins of each account told what its review finds, once a month; of an account where nothing is found
 * nothing is told. Safe to run twice, on several instances, and to be killed.
 * @returns how many accounts are told
 * @throws the first failure, when all that could be done is done
 */
export async function sendReviewDigests(db: Database, signal?: AbortSignal): Promise<number> {
  // An account whose review fails, such as for its size, keeps no other from theirs.
  const failures: unknown[] = []
  let told = 0
  let after = ''
  while (!signal?.aborted) {
    const batch = await db
      .select({ id: accounts.id })
      .from(accounts)
      // Those that were told need not be looked at.
      .where(and(gt(accounts.id, after), notExists(db.select().from(outboxEvents).where(toldThisMonth(accounts.id)))))
      .orderBy(accounts.id)
      .limit(BATCH)
    for (const { id } of batch) {
      if (signal?.aborted) break
      try {
        if (await tellAccount(db, id)) told += 1
      } catch (error) {
        log.error({ err: error, account: id }, 'The review of an account could not be told')
        failures.push(error)
      }
    }
    if (batch.length < BATCH) break
    after = batch.at(-1)?.id ?? after
  }
  if (failures.length > 0) throw failures[0]
  return told
}

/** @returns whether its people are told */
async function tellAccount(db: Database, accountId: string): Promise<boolean> {
  const [keys, credentials] = await Promise.all([
    countKeyFindings(db, accountId),
    countCredentialFindings(db, accountId),
  ])
  if (keys.all + credentials.all === 0) return false
  return db.transaction(async (tx) => {
    // One instance at a time, so that what another has told is seen.
    const [account] = await tx
      .select({ name: accounts.name })
      .from(accounts)
      .where(eq(accounts.id, accountId))
      .for('no key update')
    if (!account || (await tx.$count(outboxEvents, toldThisMonth(accountId))) > 0) return false
    await recordEvent(tx, accountId, 'review.digest', accountId, {
      name: account.name,
      keys: keys.all,
      keyFindings: keys.counts,
      credentials: credentials.all,
      credentialFindings: credentials.counts,
    })
    return true
  })
}

/** The digest of this month (UTC), of one account. */
function toldThisMonth(accountId: string | AnyColumn) {
  return and(
    eq(outboxEvents.accountId, accountId),
    eq(outboxEvents.kind, 'review.digest'),
    gte(outboxEvents.createdAt, sql`date_trunc('month', now(), 'UTC')`),
  )
}
