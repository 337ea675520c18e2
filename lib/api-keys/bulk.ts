import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { bulkRevocations } from '@/db/schema'
import type { Actor } from '../audit'
import { invalidField, isRefusal, Refusal } from '../errors'
import { newId } from '../ids'
import { revokeApiKey } from './change'
import { reviewKeyIds } from './list'
import { MAX_BULK_KEYS, type ReviewRevocationInput } from './schemas'

/** Keys revoked in one transaction: what a crash makes us do again, and how often the progress moves. */
const STEP = 25

export interface BulkRevocation {
  id: string
  total: number
  /** Keys looked at so far. */
  done: number
  revoked: number
  createdAt: Date
  finishedAt: Date | null
}

/**
 * Asks for many keys to be revoked. The work is done by `runBulkRevocations`, whether or not anybody watches.
 * @returns the id under which its progress is found
 */
export async function requestBulkRevocation(
  db: Database,
  actor: Actor,
  keyIds: readonly string[],
  reason: string | null,
): Promise<string> {
  const id = newId('bulkRevocation')
  const pendingKeyIds = [...new Set(keyIds)]
  await db.insert(bulkRevocations).values({
    id,
    accountId: actor.accountId,
    reason,
    actor: { ...actor },
    pendingKeyIds,
    total: pendingKeyIds.length,
  })
  return id
}

/**
 * Asks for the keys that come up for review to be revoked, all but some. What has been used since the person looked is
 * left alone.
 * @returns the id under which its progress is found
 * @throws {Refusal} `invalid` on `expected` when there are more keys than the person was told, or none
 */
export async function requestReviewRevocation(
  db: Database,
  actor: Actor,
  { except, expected, reason }: ReviewRevocationInput,
): Promise<string> {
  const kept = new Set(except)
  const keyIds = (await reviewKeyIds(db, actor.accountId, MAX_BULK_KEYS)).filter((id) => !kept.has(id))
  if (keyIds.length === 0) throw invalidField('expected', 'None of these keys comes up for review any more.')
  if (keyIds.length > expected) {
    throw invalidField(
      'expected',
      `Meanwhile ${keyIds.length} keys come up for review, not ${expected}. Nothing was revoked: look at the list again.`,
    )
  }
  return requestBulkRevocation(db, actor, keyIds, reason)
}

/** The id of the account's newest bulk revocation that is still being done; null when none is. */
export async function findOpenBulkRevocation(db: Database, accountId: string): Promise<string | null> {
  const [row] = await db
    .select({ id: bulkRevocations.id })
    .from(bulkRevocations)
    .where(and(eq(bulkRevocations.accountId, accountId), isNull(bulkRevocations.finishedAt)))
    .orderBy(desc(bulkRevocations.createdAt))
    .limit(1)
  return row?.id ?? null
}

/** @throws {Refusal} `not_found` – also for another account's, in the same words */
export async function getBulkRevocation(db: Database, accountId: string, id: string): Promise<BulkRevocation> {
  const [row] = await db
    .select({
      id: bulkRevocations.id,
      total: bulkRevocations.total,
      done: sql<number>`${bulkRevocations.total} - cardinality(${bulkRevocations.pendingKeyIds})`.mapWith(Number),
      revoked: bulkRevocations.revoked,
      createdAt: bulkRevocations.createdAt,
      finishedAt: bulkRevocations.finishedAt,
    })
    .from(bulkRevocations)
    .where(and(eq(bulkRevocations.accountId, accountId), eq(bulkRevocations.id, id)))
  if (!row) throw new Refusal('not_found', 'There is no such revocation.')
  return row
}

/**
 * Does what is asked for and not yet done, in small transactions. Safe to run twice, on several instances, and to be
 * killed: each step holds its row, and a step that did not commit is done again.
 */
export async function runBulkRevocations(db: Database, signal?: AbortSignal): Promise<void> {
  while (!signal?.aborted && (await step(db))) {
    // Until nothing is left.
  }
}

async function step(db: Database): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [job] = await tx
      .select()
      .from(bulkRevocations)
      .where(isNull(bulkRevocations.finishedAt))
      .orderBy(asc(bulkRevocations.createdAt))
      .limit(1)
      .for('update', { skipLocked: true })
    if (!job) return false

    const now = job.pendingKeyIds.slice(0, STEP)
    const later = job.pendingKeyIds.slice(STEP)
    let revoked = 0
    for (const keyId of now) {
      try {
        if (await revokeApiKey(tx, job.actor as unknown as Actor, keyId, job.reason)) revoked++
      } catch (error) {
        // Gone, or never this account's: nothing to revoke.
        if (!isRefusal(error)) throw error
      }
    }
    await tx
      .update(bulkRevocations)
      .set({
        pendingKeyIds: later,
        revoked: job.revoked + revoked,
        finishedAt: later.length === 0 ? sql`now()` : null,
      })
      .where(and(eq(bulkRevocations.accountId, job.accountId), eq(bulkRevocations.id, job.id)))
    return true
  })
}
