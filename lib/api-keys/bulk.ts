import { and, asc, desc, eq, gte, inArray, isNull, notInArray, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeyUses, bulkRevocations } from '@/db/schema'
import type { Actor } from '../audit'
import { invalidField, Refusal } from '../errors'
import { newId } from '../ids'
import { type EnvironmentWall, type LockedKey, lockKeys, revokeLockedKeys } from './change'
import { reviewKeyIds } from './list'
import { MAX_BULK_KEYS, type ReviewRevocationInput } from './schemas'

/** Keys revoked in one transaction: what a crash makes us do again, and how often the progress moves. */
const STEP = 200

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
 * Asks for many unused keys to be revoked. The work is done by `runBulkRevocations`, whether or not anybody watches. A key
 * that turns out to be used in the meantime is left alone.
 * @returns the id under which its progress is found
 * @throws {Refusal} `invalid` on `keys` when there are more than `MAX_BULK_KEYS`
 */
export async function requestBulkRevocation(
  db: Database,
  actor: Actor,
  keyIds: readonly string[],
  reason: string | null,
  wall: EnvironmentWall = null,
): Promise<string> {
  const id = newId('bulkRevocation')
  const distinct = [...new Set(keyIds)]
  if (distinct.length > MAX_BULK_KEYS) {
    throw invalidField('keys', `must be ${MAX_BULK_KEYS.toLocaleString('en')} keys or fewer`)
  }
  await db.insert(bulkRevocations).values({
    id,
    accountId: actor.accountId,
    reason,
    actor: { ...actor },
    wall,
    keyIds: distinct,
    total: distinct.length,
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
      done: bulkRevocations.done,
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
 * @throws the first failure, when all that could be done is done
 */
export async function runBulkRevocations(db: Database, signal?: AbortSignal): Promise<void> {
  const failed = new Set<string>()
  const failures: unknown[] = []
  let current: string | undefined
  while (!signal?.aborted) {
    current = undefined
    try {
      if (!(await step(db, [...failed], (id) => (current = id)))) break
    } catch (error) {
      // One that can't be done must not keep the others from it; without one, the database is what fails.
      if (!current) throw error
      failed.add(current)
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

/** @returns whether there was something to do */
async function step(db: Database, except: string[], begin: (id: string) => void): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [work] = await tx
      .select({
        id: bulkRevocations.id,
        accountId: bulkRevocations.accountId,
        actor: bulkRevocations.actor,
        reason: bulkRevocations.reason,
        wall: bulkRevocations.wall,
        createdAt: bulkRevocations.createdAt,
        total: bulkRevocations.total,
        next: sql<
          string[]
        >`${bulkRevocations.keyIds}[${bulkRevocations.done} + 1 : ${bulkRevocations.done} + ${STEP}::int]`,
      })
      .from(bulkRevocations)
      .where(
        and(isNull(bulkRevocations.finishedAt), except.length > 0 ? notInArray(bulkRevocations.id, except) : undefined),
      )
      .orderBy(asc(bulkRevocations.createdAt))
      .limit(1)
      .for('update', { skipLocked: true })
    if (!work) return false
    begin(work.id)

    // Those that are gone, or never were this account's, are not found: nothing to revoke.
    const keys = await lockKeys(tx, work.accountId, work.next, work.wall)
    const unused = await withoutUsedSince(tx, work, keys)
    const revoked = await revokeLockedKeys(tx, work.actor as unknown as Actor, unused, work.reason)
    const done = sql`${bulkRevocations.done} + ${work.next.length}::int`
    await tx
      .update(bulkRevocations)
      .set({
        done,
        revoked: sql`${bulkRevocations.revoked} + ${revoked}::int`,
        finishedAt: sql`case when ${done} >= ${bulkRevocations.total} then now() end`,
      })
      .where(and(eq(bulkRevocations.accountId, work.accountId), eq(bulkRevocations.id, work.id)))
    return true
  })
}

/** Those of the keys that nobody has used since the revocation was asked for, as far as it is written yet. */
async function withoutUsedSince(
  tx: Database,
  { accountId, createdAt }: { accountId: string; createdAt: Date },
  keys: LockedKey[],
): Promise<LockedKey[]> {
  const ids = keys.map(({ id }) => id)
  const uses = await tx
    .select({ id: apiKeyUses.keyId })
    .from(apiKeyUses)
    .where(
      and(eq(apiKeyUses.accountId, accountId), inArray(apiKeyUses.keyId, ids), gte(apiKeyUses.lastUsedAt, createdAt)),
    )
  const used = new Set(uses.map(({ id }) => id))
  return keys.filter(({ id }) => !used.has(id))
}
