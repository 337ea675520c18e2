import { and, asc, desc, eq, isNull, lte, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeyRehearsalCalls, apiKeys } from '@/db/schema'
import { type Actor, recordAuditEvent, systemActor } from '../audit'
import { forEachAccount } from '../each-account'
import { Refusal } from '../errors'
import { recordEvent } from '../notifications/outbox'
import { type EnvironmentWall, keyNotFound, lockKey } from './change'
import { isAccepted } from './status'

/** How long the revocation of a key is rehearsed. */
export const REHEARSAL_HOURS = 24

/** Callers that people are told of when a rehearsal has ended. */
const MAX_TOLD = 5

/** Alike calls that would have failed. Empty texts: nothing is known, or they are too many to be told apart. */
export type RehearsedCalls = Omit<typeof apiKeyRehearsalCalls.$inferSelect, 'accountId' | 'keyId' | 'rehearsedAt'>

/** A key's last rehearsal. */
export interface RehearsalView {
  startedAt: Date
  /** When it ends by itself; null: it has ended. */
  until: Date | null
  byName: string
  /** The last first. */
  calls: RehearsedCalls[]
}

/**
 * Begins to rehearse the revocation of a key: it goes on working for a day, while each call that would have failed is
 * listed. Asking for it twice changes nothing.
 * @throws {Refusal} `not_found`; `key_not_active` unless it works
 */
export async function startRehearsal(
  db: Database,
  actor: Actor,
  id: string,
  wall: EnvironmentWall = null,
): Promise<void> {
  await db.transaction(async (tx) => {
    const { name, status } = await lockKey(tx, actor.accountId, id, wall)
    if (!isAccepted(status)) {
      throw new Refusal('key_not_active', `Only a key that works can be rehearsed with; this one is ${status}.`)
    }
    // One whose day is over waits to be ended, and would be lost without a word.
    await endThose(tx, actor.accountId, and(eq(apiKeys.id, id), lte(apiKeys.rehearsingUntil, sql`now()`)))
    const started = await tx
      .update(apiKeys)
      .set({
        // To the millisecond, as it travels with the key.
        rehearsedAt: sql`date_trunc('milliseconds', now())`,
        rehearsingUntil: sql`now() + ${REHEARSAL_HOURS} * interval '1 hour'`,
        rehearsedByName: actor.name,
      })
      .where(and(ofAccount(actor, id), isNull(apiKeys.rehearsingUntil)))
      .returning({ until: apiKeys.rehearsingUntil })
    if (started.length > 0) {
      await recordAuditEvent(tx, actor, 'api_key.rehearsal_started', id, { name, until: started[0]?.until })
    }
  })
}

/**
 * Stops a rehearsal; what was seen stays to be read. Stopping what is not rehearsed changes nothing.
 * @throws {Refusal} `not_found`
 */
export async function stopRehearsal(
  db: Database,
  actor: Actor,
  id: string,
  wall: EnvironmentWall = null,
): Promise<void> {
  await db.transaction(async (tx) => {
    const { name } = await lockKey(tx, actor.accountId, id, wall)
    const stopped = await tx
      .update(apiKeys)
      .set({ rehearsingUntil: null })
      .where(and(ofAccount(actor, id), sql`rehearsing_until is not null`))
      .returning({ id: apiKeys.id })
    if (stopped.length > 0) await recordAuditEvent(tx, actor, 'api_key.rehearsal_ended', id, { name, ended: 'by hand' })
  })
}

/**
 * What a key's last rehearsal has seen, up to some seconds ago.
 * @returns null when there was none
 * @throws {Refusal} `not_found` – also for another account's key, in the same words
 */
export async function getRehearsal(
  db: Database,
  accountId: string,
  id: string,
  wall: EnvironmentWall = null,
): Promise<RehearsalView | null> {
  const [key] = await db
    .select({
      startedAt: apiKeys.rehearsedAt,
      until: sql`case when ${apiKeys.rehearsingUntil} > now() and ${apiKeys.revokedAt} is null
        then ${apiKeys.rehearsingUntil} end`.mapWith((time) => (time === null ? null : new Date(time as string))),
      byName: apiKeys.rehearsedByName,
    })
    .from(apiKeys)
    .where(and(eq(apiKeys.accountId, accountId), eq(apiKeys.id, id), wall ? eq(apiKeys.environment, wall) : undefined))
  if (!key) throw keyNotFound()
  const { startedAt, until, byName } = key
  if (!startedAt) return null
  return { startedAt, until, byName: byName ?? '', calls: await readCalls(db, accountId, id, startedAt) }
}

/** All of them: instances that write at once may keep some more than the most, and each counts. */
async function readCalls(db: Database, accountId: string, id: string, rehearsedAt: Date): Promise<RehearsedCalls[]> {
  const { address, userAgent, method, path, integration, calls, firstAt, lastAt } = apiKeyRehearsalCalls
  return db
    .select({ address, userAgent, method, path, integration, calls, firstAt, lastAt })
    .from(apiKeyRehearsalCalls)
    .where(
      and(
        eq(apiKeyRehearsalCalls.accountId, accountId),
        eq(apiKeyRehearsalCalls.keyId, id),
        eq(apiKeyRehearsalCalls.rehearsedAt, rehearsedAt),
      ),
    )
    .orderBy(desc(lastAt), asc(path))
}

/** Rehearsals of an account that are ended in one run; what is left waits for the next. */
const BATCH = 200
/** What was called in the last seconds is written behind: it is waited for, so that people are told all. */
const GRACE_SECONDS = 15

const isOver = lte(apiKeys.rehearsingUntil, sql`now() - ${GRACE_SECONDS} * interval '1 second'`)

/**
 * Ends the rehearsals whose day is over, and has people told what was seen. Safe to run twice, on several instances.
 * @returns how many have ended
 * @throws the first failure, when all that could be done is done
 */
export async function endRehearsals(db: Database): Promise<number> {
  const accounts = await db.selectDistinct({ id: apiKeys.accountId }).from(apiKeys).where(isOver)
  let ended = 0
  const ids = accounts.map(({ id }) => id)
  await forEachAccount(ids, 'The rehearsals of an account could not be ended', async (accountId) => {
    ended += await db.transaction((tx) => endThose(tx, accountId, isOver))
  })
  return ended
}

/** @param which of the account's keys, all of them with a rehearsal that is over */
async function endThose(tx: Database, accountId: string, which: SQL | undefined): Promise<number> {
  const over = await tx
    .select({
      id: apiKeys.id,
      name: apiKeys.name,
      environment: apiKeys.environment,
      rehearsedAt: apiKeys.rehearsedAt,
      rehearsedByName: apiKeys.rehearsedByName,
      isRevoked: sql<boolean>`${apiKeys.revokedAt} is not null`,
    })
    .from(apiKeys)
    .where(and(eq(apiKeys.accountId, accountId), which))
    .orderBy(asc(apiKeys.id))
    .limit(BATCH)
    .for('no key update', { skipLocked: true })
  for (const { id, name, environment, rehearsedAt, rehearsedByName, isRevoked } of over) {
    await tx
      .update(apiKeys)
      .set({ rehearsingUntil: null })
      .where(and(eq(apiKeys.accountId, accountId), eq(apiKeys.id, id)))
    if (isRevoked || !rehearsedAt) continue
    const seen = await readCalls(tx, accountId, id, rehearsedAt)
    const calls = seen.reduce((sum, one) => sum + one.calls, 0)
    await recordAuditEvent(tx, systemActor(accountId), 'api_key.rehearsal_ended', id, {
      name,
      ended: 'after its day',
      calls,
    })
    await recordEvent(tx, accountId, 'api_key.rehearsal_ended', id, {
      name,
      environment,
      by: rehearsedByName ?? '',
      calls,
      callers: toldCallers(seen),
    })
  }
  return over.length
}

function toldCallers(seen: readonly RehearsedCalls[]) {
  const callers = new Map<string, { address: string; userAgent: string; calls: number }>()
  for (const { address, userAgent, calls } of seen) {
    const known = callers.get(`${address}\n${userAgent}`)
    if (known) known.calls += calls
    else callers.set(`${address}\n${userAgent}`, { address, userAgent, calls })
  }
  return [...callers.values()].sort((a, b) => b.calls - a.calls).slice(0, MAX_TOLD)
}

function ofAccount({ accountId }: Actor, id: string) {
  return and(eq(apiKeys.accountId, accountId), eq(apiKeys.id, id))
}
