import { and, desc, eq, gt, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { renewalAttempts, type renewalResults, tokenSets } from '@/db/schema'
import { fromNow, NOW } from '../db-clock'
import { heldBy, type Lease, type RenewalReason } from '../lease'
import { isRenewedAhead, type TokenOwner } from '../stored-tokens'
import { alarmOfFailing, alarmOfRefusal } from './alarm'
import { failsForOthers, noteEndpointFailure } from './endpoints'
import type { Failure } from './failure'
import { coolMs, isAlarming, isGivenUp, pauseMs } from './schedule'

/**
 * Notes that a renewal has failed, when it is tried again, and who is to hear of it; gives the lease back.
 * @param endpoint origin of the token URL; null: it did not get so far
 * @param reason why it was renewed
 * @returns whether it counts: not when the lease was lost, since what was refused may be a refresh token that others have
 *   spent since; and whether people are to be told
 */
export function recordFailure(
  db: Database,
  lease: Lease,
  endpoint: string | null,
  failure: Failure,
  reason: RenewalReason,
): Promise<{ counts: boolean; alarms: boolean }> {
  const { owner, attemptId } = lease
  return db.transaction(async (tx) => {
    const [row] = await tx
      .update(tokenSets)
      .set({
        leaseUntil: null,
        contestedAt: null,
        failingSince: sql`coalesce(${tokenSets.failingSince}, ${NOW})`,
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
        now: NOW.mapWith(tokenSets.expiresAt),
      })
    if (!row) return { counts: false, alarms: false }
    const { failures } = row
    const at = row.now as Date
    // Tokens that a call was refused with are over, whatever was said of their end.
    const isOver = reason === 'rejected' || (await wereRejected(tx, owner, row.obtainedAt))
    const expiresAt = isOver ? at : row.expiresAt
    const since = row.failingSince ?? at
    const failingMs = at.getTime() - since.getTime()
    const leftMs = expiresAt && expiresAt.getTime() - at.getTime()
    const endedMs = row.expiresAt && at.getTime() - row.expiresAt.getTime()
    const isLast = failure.isPermanent || isGivenUp({ failingMs, endedMs })
    const pause = pauseMs({ failures, failingMs, retryAfterMs: failure.retryAfterMs })
    const lifetimeMs = expiresAt && row.obtainedAt && expiresAt.getTime() - row.obtainedAt.getTime()
    const isAlarm = isAlarming({ failures, leftMs, lifetimeMs, nextMs: pause })
    // Of a credential that was changed meanwhile, what was told before is over: it fails anew since then.
    const alarms = isLast || (isAlarm && (row.alarmedAt === null || row.alarmedAt < since))
    const [after] = await tx
      .update(tokenSets)
      .set({
        coolUntil: fromNow(coolMs(failure.retryAfterMs)),
        ...(isLast
          ? { renewAt: null, refusedError: failure.error, refusedAt: NOW }
          : {
              // Who may ask again after a refusal has not undone it.
              renewAt: sql`case when ${tokenSets.refusedError} is null and ${isRenewedAhead(owner)} then ${fromNow(pause)} end`,
            }),
        ...(alarms ? { alarmedAt: NOW } : {}),
      })
      .where(heldBy(lease))
      .returning({ renewAt: tokenSets.renewAt })
    const context = await contextOf(tx, lease, row.obtainedAt, failure, isLast)
    await tx
      .update(renewalAttempts)
      .set({
        result: resultOf(failure, isLast),
        endedAt: NOW,
        status: failure.status,
        error: failure.error,
        detail: joined(context, failure.detail),
        nextAt: after?.renewAt ?? null,
      })
      .where(and(eq(renewalAttempts.accountId, owner.accountId), eq(renewalAttempts.id, attemptId)))
    const isOthers = async (origin: string) => failure.status !== 429 || failsForOthers(tx, origin, owner.accountId)
    if (failure.isEndpoints && endpoint && (await isOthers(endpoint))) await noteEndpointFailure(tx, endpoint)
    const told = { error: failure.error, detail: joined(context, failure.said) }
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
      result: resultOf(failure, failure.isPermanent),
      endedAt: NOW,
      status: failure.status,
      error: failure.error,
      detail: failure.detail,
    })
    .where(and(eq(renewalAttempts.accountId, owner.accountId), eq(renewalAttempts.id, attemptId)))
}

/** Whether a call was refused with these tokens, though the renewal that was to replace them failed. */
async function wereRejected(
  tx: Database,
  { accountId, ownerId }: TokenOwner,
  obtainedAt: Date | null,
): Promise<boolean> {
  const rejected = and(
    eq(renewalAttempts.accountId, accountId),
    eq(renewalAttempts.ownerId, ownerId),
    eq(renewalAttempts.reason, 'rejected'),
    obtainedAt ? gt(renewalAttempts.startedAt, obtainedAt) : undefined,
  )
  return (await tx.select({ id: renewalAttempts.id }).from(renewalAttempts).where(rejected).limit(1)).length > 0
}

function resultOf({ isAnswerLost }: Failure, isLast: boolean): (typeof renewalResults)[number] {
  if (isLast) return 'refused'
  return isAnswerLost ? 'unknown' : 'retrying'
}

function joined(...sentences: (string | null)[]): string | null {
  return sentences.filter((sentence) => sentence !== null).join(' ') || null
}

/**
 * What Fenicia knows of the reason itself: that it has tried for long enough, or that one of the renewals since the tokens
 * were got may have spent the refresh token, and nobody has what it got.
 */
async function contextOf(
  tx: Database,
  { owner, attemptId }: Lease,
  obtainedAt: Date | null,
  failure: Failure,
  isLast: boolean,
): Promise<string | null> {
  if (isLast && !failure.isPermanent) return 'Given up after seven days.'
  if (failure.error !== 'invalid_grant') return null
  const [lost] = await tx
    .select({ startedAt: renewalAttempts.startedAt, error: renewalAttempts.error })
    .from(renewalAttempts)
    .where(
      and(
        eq(renewalAttempts.accountId, owner.accountId),
        eq(renewalAttempts.ownerId, owner.ownerId),
        eq(renewalAttempts.result, 'unknown'),
        sql`${renewalAttempts.id} < ${attemptId}`,
        obtainedAt ? gt(renewalAttempts.startedAt, obtainedAt) : undefined,
      ),
    )
    .orderBy(desc(renewalAttempts.id))
    .limit(1)
  if (!lost) return null
  const at = lost.startedAt.toISOString()
  const what = lost.error
    ? `The answer to the renewal of ${at} was lost (${lost.error})`
    : `The renewal of ${at} was cut off before its answer was stored`
  return `${what}; the service had probably replaced the refresh token by then.`
}
