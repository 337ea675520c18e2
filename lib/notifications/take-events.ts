import { and, asc, eq, inArray, isNull, notInArray, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { accounts, outboxEvents } from '@/db/schema'
import type { AllEventData } from './outbox'

/** Events of one account in one transaction. */
const BATCH = 500
/** How far ahead is looked for accounts that have news. */
const LOOK_AHEAD = 1_000

export type TakenEvent = typeof outboxEvents.$inferSelect

/** One of those who are told of events, with a mark of their own. */
interface Taker {
  mark: 'notifiedAt' | 'fannedOutAt'
  /** What this version knows: a newer one may run beside it, and takes its own. */
  kinds: readonly (keyof AllEventData)[]
  /** Does what is to be done about an account's events, in their order, in the transaction that marks them. */
  work(tx: Database, accountId: string, events: TakenEvent[]): Promise<void>
}

/**
 * Takes events from the outbox and marks them. Safe to run twice, on several instances, and to be killed: an account's events
 * are taken in their order by one instance at a time, and those whose transaction did not commit are taken again.
 * @returns how many events were taken
 * @throws the first failure, when all that could be done is done
 */
export async function takeEvents(db: Database, taker: Taker, signal?: AbortSignal): Promise<number> {
  const isOpen = and(isNull(outboxEvents[taker.mark]), inArray(outboxEvents.kind, [...taker.kinds]))
  // Accounts that another instance is busy with, or that fail: neither may keep the rest from their news.
  const left = new Set<string>()
  const failures: unknown[] = []
  let taken = 0
  while (!signal?.aborted) {
    const accountIds = await accountsWithNews(db, isOpen, [...left])
    if (accountIds.length === 0) break
    for (const accountId of accountIds) {
      if (signal?.aborted) break
      try {
        const count = await takeOfAccount(db, accountId, isOpen, taker)
        if (count === 0) left.add(accountId)
        taken += count
      } catch (error) {
        left.add(accountId)
        failures.push(error)
      }
    }
  }
  if (failures.length > 0) throw failures[0]
  return taken
}

async function accountsWithNews(db: Database, isOpen: SQL | undefined, except: string[]): Promise<string[]> {
  const oldest = db
    .select({ accountId: outboxEvents.accountId })
    .from(outboxEvents)
    .where(and(isOpen, except.length > 0 ? notInArray(outboxEvents.accountId, except) : undefined))
    .orderBy(asc(outboxEvents.id))
    .limit(LOOK_AHEAD)
    .as('oldest')
  const rows = await db.selectDistinct({ accountId: oldest.accountId }).from(oldest)
  return rows.map(({ accountId }) => accountId)
}

/** @returns how many events were taken; 0 also when another instance is at it */
async function takeOfAccount(
  db: Database,
  accountId: string,
  isOpen: SQL | undefined,
  { mark, work }: Taker,
): Promise<number> {
  return db.transaction(async (tx) => {
    if (!(await lockAccount(tx, accountId))) return 0
    const events = await tx
      .select()
      .from(outboxEvents)
      .where(and(eq(outboxEvents.accountId, accountId), isOpen))
      .orderBy(asc(outboxEvents.id))
      .limit(BATCH)
    if (events.length === 0) return 0
    await work(tx, accountId, events)
    const ids = events.map(({ id }) => id)
    await tx
      .update(outboxEvents)
      .set({ [mark]: sql`now()` })
      .where(and(eq(outboxEvents.accountId, accountId), inArray(outboxEvents.id, ids)))
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
