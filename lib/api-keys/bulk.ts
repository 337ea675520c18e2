import { and, asc, count, desc, eq, gt, gte, inArray, isNull, lt, notExists, notInArray, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import {
  apiKeys,
  apiKeyUsageHours,
  apiKeyUses,
  bulkRevocationOutcomes,
  bulkRevocations,
  revocationOutcomes,
} from '@/db/schema'
import { mayStill } from '../accounts/held-role'
import type { Actor } from '../audit'
import { invalidField, Refusal } from '../errors'
import { isId, newId } from '../ids'
import { type EnvironmentWall, type LockedKey, lockKeys, revokeLockedKeys } from './change'
import { MAX_BULK_KEYS } from './schemas'

/** Keys revoked in one transaction: what a crash makes us do again, and how often the progress moves. */
const STEP = 200
/** A key that was not used in so many days before a revocation was asked for is one that nobody seemed to use. */
const UNUSED_DAYS = 30

export interface BulkRevocation {
  id: string
  total: number
  /** Keys looked at so far. */
  done: number
  revoked: number
  createdAt: Date
  finishedAt: Date | null
  /** How many keys met with each outcome. */
  outcomes: Record<RevocationOutcome, number>
}

export type RevocationOutcome = (typeof revocationOutcomes)[number]

/**
 * Asks for many keys to be revoked. The work is done by `runBulkRevocations`, whether or not anybody watches, for as long as
 * the person who asked may revoke keys. A key that nobody used, and that turns out to be used in the meantime, is left alone.
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

/**
 * How far a bulk revocation is.
 * @throws {Refusal} `not_found` – also for another account's and for one with keys beyond the wall, in the same words
 */
export async function getBulkRevocation(
  db: Database,
  accountId: string,
  id: string,
  wall: EnvironmentWall = null,
): Promise<BulkRevocation> {
  if (!isId('bulkRevocation', id)) throw notFound()
  // One that there is not counts as beyond: what it was is not known.
  const beyond = sql`exists (
    select from unnest(${bulkRevocations.keyIds}) asked(id)
    where not exists (
      select from ${apiKeys}
      where ${apiKeys.accountId} = ${accountId} and ${apiKeys.id} = asked.id and ${apiKeys.environment} = ${wall}))`
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
    .where(
      and(eq(bulkRevocations.accountId, accountId), eq(bulkRevocations.id, id), wall ? sql`not ${beyond}` : undefined),
    )
  if (!row) throw notFound()
  const counted = await db
    .select({ outcome: bulkRevocationOutcomes.outcome, times: count() })
    .from(bulkRevocationOutcomes)
    .where(and(eq(bulkRevocationOutcomes.accountId, accountId), eq(bulkRevocationOutcomes.revocationId, id)))
    .groupBy(bulkRevocationOutcomes.outcome)
  const times = new Map(counted.map((one) => [one.outcome, one.times]))
  const outcomes = Object.fromEntries(revocationOutcomes.map((one) => [one, times.get(one) ?? 0]))
  return { ...row, outcomes: outcomes as BulkRevocation['outcomes'] }
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

interface Work {
  id: string
  accountId: string
  createdAt: Date
  /** The keys of this step. */
  next: string[]
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

    const actor = work.actor as unknown as Actor
    if (actor.kind === 'user' && !(await mayStill(tx, work.accountId, actor.id, 'keys:manage'))) {
      await leaveRest(tx, work)
      return true
    }
    // Those that are gone, or never were this account's, are not found: nothing to revoke.
    const keys = await lockKeys(tx, work.accountId, work.next, work.wall)
    const spared = await usedMeanwhile(tx, work, keys)
    const wanted = keys.filter(({ id }) => !spared.has(id))
    const revoked = await revokeLockedKeys(tx, actor, wanted, work.reason)
    await report(tx, work, keys, spared)
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

/** Ends the work here: whoever asked for it may not have it done any more. */
async function leaveRest(tx: Database, { id, accountId }: Work): Promise<void> {
  const isWork = and(eq(bulkRevocations.accountId, accountId), eq(bulkRevocations.id, id))
  await tx.execute(sql`
    insert into ${bulkRevocationOutcomes} (account_id, revocation_id, key_id, name, outcome)
    select ${bulkRevocations.accountId}, ${bulkRevocations.id}, left_key.id, ${apiKeys.name}, 'not_allowed'
    from ${bulkRevocations}
      cross join unnest(${bulkRevocations.keyIds}[${bulkRevocations.done} + 1 :]) left_key(id)
      left join ${apiKeys} on ${apiKeys.accountId} = ${bulkRevocations.accountId} and ${apiKeys.id} = left_key.id
    where ${isWork}
    on conflict do nothing`)
  await tx
    .update(bulkRevocations)
    .set({ done: sql`${bulkRevocations.total}`, finishedAt: sql`now()` })
    .where(isWork)
}

/**
 * Those of the keys that nobody used until the hour in which the revocation was asked for, and that are used since it was, as
 * far as it is written yet. Who asks to revoke a key that is in use knows it, but for what happened since they looked.
 */
async function usedMeanwhile(tx: Database, work: Work, keys: readonly LockedKey[]): Promise<Set<string>> {
  const { accountId, createdAt } = work
  const ids = keys.map(({ id }) => id)
  const asked = sql`date_trunc('hour', ${createdAt.toISOString()}::timestamptz, 'UTC')`
  const usedBefore = tx
    .select({ one: sql`1` })
    .from(apiKeyUsageHours)
    .where(
      and(
        eq(apiKeyUsageHours.accountId, accountId),
        eq(apiKeyUsageHours.keyId, apiKeyUses.keyId),
        gt(apiKeyUsageHours.requests, 0),
        gte(apiKeyUsageHours.hour, sql`${asked} - ${UNUSED_DAYS}::int * interval '1 day'`),
        lt(apiKeyUsageHours.hour, asked),
      ),
    )
  const uses = await tx
    .select({ id: apiKeyUses.keyId })
    .from(apiKeyUses)
    .where(
      and(
        eq(apiKeyUses.accountId, accountId),
        inArray(apiKeyUses.keyId, ids),
        gte(apiKeyUses.lastUsedAt, createdAt),
        notExists(usedBefore),
      ),
    )
  return new Set(uses.map(({ id }) => id))
}

/** Keeps what became of each key of a step. */
async function report(tx: Database, work: Work, keys: readonly LockedKey[], spared: Set<string>): Promise<void> {
  const { id: revocationId, accountId, next } = work
  const found = new Map(keys.map((key) => [key.id, key]))
  const rows = next.map((keyId) => {
    const key = found.get(keyId)
    return { accountId, revocationId, keyId, name: key?.name ?? null, outcome: outcomeOf(key, spared) }
  })
  if (rows.length > 0) await tx.insert(bulkRevocationOutcomes).values(rows).onConflictDoNothing()
}

function outcomeOf(key: LockedKey | undefined, spared: Set<string>): RevocationOutcome {
  if (!key) return 'not_found'
  if (key.status === 'revoked') return 'revoked_before'
  return spared.has(key.id) ? 'used_meanwhile' : 'revoked'
}

/** A line of the report of a bulk revocation. */
export interface RevokedKey {
  keyId: string
  name: string | null
  outcome: RevocationOutcome
}

function notFound(): Refusal {
  return new Refusal('not_found', 'There is no such revocation.')
}

/** What became of each key of a bulk revocation, as far as it is done. @throws {Refusal} `not_found` */
export async function readRevocationReport(db: Database, accountId: string, id: string): Promise<RevokedKey[]> {
  await getBulkRevocation(db, accountId, id)
  const { keyId, name, outcome } = bulkRevocationOutcomes
  return db
    .select({ keyId, name, outcome })
    .from(bulkRevocationOutcomes)
    .where(and(eq(bulkRevocationOutcomes.accountId, accountId), eq(bulkRevocationOutcomes.revocationId, id)))
    .orderBy(asc(outcome), asc(keyId))
}
