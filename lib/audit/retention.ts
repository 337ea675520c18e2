import { and, asc, desc, eq, gt, gte, isNotNull, lt, lte, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { accountPolicies, auditChains, auditEvents, auditLinks } from '@/db/schema'
import { log } from '../log'
import { systemActor } from './actor'
import { recordAuditEvent } from './record'

/** Events deleted in one transaction. */
const STEP = 2_000

/**
 * Cuts off the chains of the accounts whose policy says so what is older than it keeps. First the end of the cut is put on
 * record, with an event of its own, which what is left of the chain can be proved by; then what stands before it is deleted,
 * in steps, and by the next run when this one is cut off. An account whose chain somebody has meddled with keeps no other one.
 * @throws the first failure, when all that could be done is done
 */
export async function cutAuditEvents(db: Database, signal?: AbortSignal, step = STEP): Promise<{ deleted: number }> {
  const keeping = await db
    .select({ accountId: accountPolicies.accountId })
    .from(accountPolicies)
    .where(isNotNull(accountPolicies.auditKeepDays))
    .orderBy(asc(accountPolicies.accountId))
  const failures: unknown[] = []
  const failed = (accountId: string, error: unknown) => {
    log.error({ err: error, account: accountId }, 'The audit events of an account could not be cut off')
    failures.push(error)
  }
  for (const { accountId } of keeping) {
    if (signal?.aborted) break
    await moveCut(db, accountId).catch((error) => failed(accountId, error))
  }
  let deleted = 0
  // Also of an account that keeps events for ever again: what was cut off is no longer in its chain.
  const cut = await db
    .select({ accountId: auditChains.accountId, cutSeq: auditChains.cutSeq })
    .from(auditChains)
    .where(gt(auditChains.cutSeq, 0))
  for (const { accountId, cutSeq } of cut) {
    try {
      for (let more = true; more && !signal?.aborted; ) {
        const gone = await deleteStep(db, accountId, cutSeq, step)
        deleted += gone
        more = gone === step
      }
    } catch (error) {
      failed(accountId, error)
    }
  }
  if (failures.length > 0) throw failures[0]
  return { deleted }
}

/** Puts on record how far the chain is cut, when there is anything to cut. */
async function moveCut(db: Database, accountId: string): Promise<void> {
  const [found] = await db
    .select({
      cutSeq: auditChains.cutSeq,
      days: accountPolicies.auditKeepDays,
      before: sql`statement_timestamp() - make_interval(days => ${accountPolicies.auditKeepDays})`.mapWith(
        auditEvents.at,
      ),
    })
    .from(auditChains)
    .innerJoin(accountPolicies, eq(accountPolicies.accountId, auditChains.accountId))
    .where(and(eq(auditChains.accountId, accountId), isNotNull(accountPolicies.auditKeepDays)))
  if (!found) return
  const { cutSeq, days, before } = found
  // Looked for with nothing locked: what stands there does not change.
  const last = await lastExpired(db, accountId, cutSeq, before)
  if (!last) return
  const { seq, hash } = last
  await db.transaction(async (tx) => {
    const moved = await tx
      .update(auditChains)
      .set({ cutSeq: seq, cutHash: hash })
      // Unless another instance was faster.
      .where(and(eq(auditChains.accountId, accountId), eq(auditChains.cutSeq, cutSeq)))
      .returning({ cutSeq: auditChains.cutSeq })
    if (moved.length === 0) return
    await recordAuditEvent(tx, systemActor(accountId), 'account.audit_cut', accountId, {
      events: seq - cutSeq,
      before: before.toISOString(),
      keep_days: days,
      seq,
      hash,
    })
  })
}

/** The last link before the first that is to be kept. */
async function lastExpired(db: Database, accountId: string, cutSeq: number, before: Date) {
  const linked = and(eq(auditEvents.accountId, auditLinks.accountId), eq(auditEvents.id, auditLinks.eventId))
  const [kept] = await db
    .select({ seq: auditLinks.seq })
    .from(auditLinks)
    .innerJoin(auditEvents, linked)
    .where(and(eq(auditLinks.accountId, accountId), gt(auditLinks.seq, cutSeq), gte(auditEvents.at, before)))
    .orderBy(asc(auditLinks.seq))
    .limit(1)
  const [last] = await db
    .select({ seq: auditLinks.seq, hash: auditLinks.hash })
    .from(auditLinks)
    .where(
      and(
        eq(auditLinks.accountId, accountId),
        gt(auditLinks.seq, cutSeq),
        kept ? lt(auditLinks.seq, kept.seq) : undefined,
      ),
    )
    .orderBy(desc(auditLinks.seq))
    .limit(1)
  return last
}

/** Events before their links: by these it is known that they may go. */
async function deleteStep(db: Database, accountId: string, cutSeq: number, step: number): Promise<number> {
  return db.transaction(async (tx) => {
    const [end] = await tx.select({ seq: sql`max(seq)`.mapWith(Number), links: sql`count(*)`.mapWith(Number) }).from(
      tx
        .select({ seq: auditLinks.seq })
        .from(auditLinks)
        .where(and(eq(auditLinks.accountId, accountId), lte(auditLinks.seq, cutSeq)))
        .orderBy(asc(auditLinks.seq))
        .limit(step)
        .as('oldest'),
    )
    if (!end || end.links === 0) return 0
    const oldest = and(eq(auditLinks.accountId, accountId), lte(auditLinks.seq, end.seq))
    await tx.execute(sql`
      delete from ${auditEvents} using ${auditLinks}
      where ${auditEvents.accountId} = ${accountId} and ${auditEvents.id} = ${auditLinks.eventId} and ${oldest}`)
    await tx.delete(auditLinks).where(oldest)
    return end.links
  })
}
