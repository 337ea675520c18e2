import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { renewalAttempts, tokenSets } from '@/db/schema'
import { heldBy, type Lease } from '../lease'
import { isRenewedAhead } from '../stored-tokens'
import { alarmOfFailing, alarmOfRefusal } from './alarm'
import { noteEndpointFailure } from './endpoints'
import type { Failure } from './failure'
import { coolMs, isAlarming, isGivenUp, pauseMs } from './schedule'

/**
 * Notes that a renewal has failed, when it is tried again, and who is to hear of it; gives the lease back.
 * @param endpoint origin of the token URL; null: it did not get so far
 * @returns whether it counts: not when the lease was lost, since what was refused may be a refresh token that others have
 *   spent since; and whether people are to be told
 */
export function recordFailure(
  db: Database,
  lease: Lease,
  endpoint: string | null,
  failure: Failure,
): Promise<{ counts: boolean; alarms: boolean }> {
  const { owner, attemptId } = lease
  const now = sql`clock_timestamp()`
  const inMs = (ms: number) => sql`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`
  return db.transaction(async (tx) => {
    const [row] = await tx
      .update(tokenSets)
      .set({
        leaseUntil: null,
        contestedAt: null,
        failingSince: sql`coalesce(${tokenSets.failingSince}, ${now})`,
        failures: sql`${tokenSets.failures} + 1`,
        ...(endpoint ? { endpoint } : {}),
      })
      .where(heldBy(lease))
      .returning({
        failingSince: tokenSets.failingSince,
        failures: tokenSets.failures,
        obtainedAt: tokenSets.obtainedAt,
        expiresAt: tokenSets.expiresAt,
        alarmedAt: tokenSets.alarmedAt,
        now: now.mapWith(tokenSets.expiresAt),
      })
    if (!row) return { counts: false, alarms: false }
    const { failures, expiresAt } = row
    const at = row.now as Date
    const since = row.failingSince ?? at
    const failingMs = at.getTime() - since.getTime()
    const leftMs = expiresAt && expiresAt.getTime() - at.getTime()
    const isLast = failure.isPermanent || isGivenUp({ failingMs, endedMs: leftMs === null ? null : -leftMs })
    const pause = pauseMs({ failures, failingMs, retryAfterMs: failure.retryAfterMs })
    const lifetimeMs = expiresAt && row.obtainedAt && expiresAt.getTime() - row.obtainedAt.getTime()
    const alarms = isLast || (row.alarmedAt === null && isAlarming({ failures, leftMs, lifetimeMs }))
    const [after] = await tx
      .update(tokenSets)
      .set({
        coolUntil: inMs(coolMs(failure.retryAfterMs)),
        ...(isLast
          ? { renewAt: null, refusedError: failure.error, refusedAt: now }
          : { renewAt: sql`case when ${isRenewedAhead(owner)} then ${inMs(pause)} end` }),
        ...(alarms ? { alarmedAt: now } : {}),
      })
      .where(heldBy(lease))
      .returning({ renewAt: tokenSets.renewAt })
    const detail = await explained(tx, lease, failure, isLast)
    await tx
      .update(renewalAttempts)
      .set({
        result: isLast ? 'refused' : 'retrying',
        endedAt: now,
        status: failure.status,
        error: failure.error,
        detail,
        nextAt: after?.renewAt ?? null,
      })
      .where(and(eq(renewalAttempts.accountId, owner.accountId), eq(renewalAttempts.id, attemptId)))
    if (failure.isEndpoints && endpoint) await noteEndpointFailure(tx, endpoint)
    const told = { error: failure.error, detail }
    const callsFailAt = expiresAt && expiresAt > at ? expiresAt : null
    if (isLast) await alarmOfRefusal(tx, owner, told, callsFailAt ?? at)
    else if (alarms) await alarmOfFailing(tx, owner, told, { failingSince: since, callsFailAt: expiresAt })
    return { counts: true, alarms }
  })
}

/**
 * Notes what became of an attempt that says nothing of the stored tokens, such as the test of a form that is not saved; the
 * lease is given back by who held it.
 */
export async function endAttempt(db: Database, { owner, attemptId }: Lease, failure: Failure): Promise<void> {
  await db
    .update(renewalAttempts)
    .set({
      result: failure.isPermanent ? 'refused' : 'retrying',
      endedAt: sql`clock_timestamp()`,
      status: failure.status,
      error: failure.error,
      detail: failure.detail,
    })
    .where(and(eq(renewalAttempts.accountId, owner.accountId), eq(renewalAttempts.id, attemptId)))
}

/** The reason, with what Fenicia knows of it itself. */
async function explained(
  tx: Database,
  { owner, attemptId }: Lease,
  failure: Failure,
  isLast: boolean,
): Promise<string> {
  if (isLast && !failure.isPermanent) return `Given up after seven days. ${failure.detail}`
  if (failure.error !== 'invalid_grant') return failure.detail
  const [before] = await tx
    .select({ result: renewalAttempts.result, startedAt: renewalAttempts.startedAt })
    .from(renewalAttempts)
    .where(
      and(
        eq(renewalAttempts.accountId, owner.accountId),
        eq(renewalAttempts.ownerId, owner.ownerId),
        sql`${renewalAttempts.id} < ${attemptId}`,
      ),
    )
    .orderBy(sql`${renewalAttempts.id} desc`)
    .limit(1)
  if (before?.result !== 'unknown') return failure.detail
  return `The renewal of ${before.startedAt.toISOString()} was cut off before its answer was stored; the service had replaced the refresh token by then. ${failure.detail}`
}
