import { and, asc, eq, inArray, isNull, notInArray, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { accounts, outboxEvents } from '@/db/schema'
import { applyToEpisodes } from './episodes'
import { eventKinds, type OutboxEvent } from './kinds'
import { tell } from './tell'

/** Events of one account in one transaction. */
const BATCH = 500
/** How far ahead is looked for accounts that have news. */
const LOOK_AHEAD = 1_000

/**
 * Makes notices and mails of what happened. Safe to run twice, on several instances, and to be killed: an account's events
 * are taken in their order by one instance at a time, and those whose transaction did not commit are taken again.
 * @returns how many events were handled
 * @throws the first failure, when all that could be done is done
 */
export async function makeNotices(db: Database, signal?: AbortSignal): Promise<number> {
  // Accounts that another instance is busy with, or that fail: neither may keep the rest from their news.
  const left = new Set<string>()
  const failures: unknown[] = []
  let handled = 0
  while (!signal?.aborted) {
    const accountIds = await accountsWithNews(db, [...left])
    if (accountIds.length === 0) break
    for (const accountId of accountIds) {
      if (signal?.aborted) break
      try {
        const count = await handleAccount(db, accountId)
        if (count === 0) left.add(accountId)
        handled += count
      } catch (error) {
        left.add(accountId)
        failures.push(error)
      }
    }
  }
  if (failures.length > 0) throw failures[0]
  return handled
}

/** Not handled yet, and of a kind that is known here: a newer version may run beside this one. */
const isNews = and(isNull(outboxEvents.notifiedAt), inArray(outboxEvents.kind, [...eventKinds]))

async function accountsWithNews(db: Database, except: string[]): Promise<string[]> {
  const oldest = db
    .select({ accountId: outboxEvents.accountId })
    .from(outboxEvents)
    .where(and(isNews, except.length > 0 ? notInArray(outboxEvents.accountId, except) : undefined))
    .orderBy(asc(outboxEvents.id))
    .limit(LOOK_AHEAD)
    .as('oldest')
  const rows = await db.selectDistinct({ accountId: oldest.accountId }).from(oldest)
  return rows.map(({ accountId }) => accountId)
}

/** @returns how many events were handled; 0 also when another instance is at it */
async function handleAccount(db: Database, accountId: string): Promise<number> {
  return db.transaction(async (tx) => {
    if (!(await lockAccount(tx, accountId))) return 0
    const events = await tx
      .select({
        id: outboxEvents.id,
        kind: outboxEvents.kind,
        subjectId: outboxEvents.subjectId,
        data: outboxEvents.data,
      })
      .from(outboxEvents)
      .where(and(eq(outboxEvents.accountId, accountId), isNews))
      .orderBy(asc(outboxEvents.id))
      .limit(BATCH)
    const tellings = await applyToEpisodes(tx, accountId, events as unknown as OutboxEvent[])
    await tell(tx, accountId, tellings)
    if (events.length > 0) {
      const ids = events.map(({ id }) => id)
      await tx
        .update(outboxEvents)
        .set({ notifiedAt: sql`now()` })
        .where(and(eq(outboxEvents.accountId, accountId), inArray(outboxEvents.id, ids)))
    }
    return events.length
  })
}

/**
 * Locks an account's notifications until the transaction ends. The lock is one that rows which refer to the account do not
 * wait for.
 * @returns false when another instance has it
 */
export async function lockAccount(tx: Database, accountId: string): Promise<boolean> {
  const locked = await tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(eq(accounts.id, accountId))
    .for('no key update', { skipLocked: true })
  return locked.length > 0
}
