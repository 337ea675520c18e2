import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { outboxEvents, webhookMessages, webhooks } from '@/db/schema'
import { newId } from '../ids'
import { lockAccount } from '../notifications/make-notices'
import { messageOf } from './types'

/** Events of one account in one transaction. */
const BATCH = 500

/**
 * Makes messages of what happened, one for each webhook that wants it. Safe to run twice, on several instances, and to be
 * killed: an account's events are taken in their order by one instance at a time.
 * @returns how many messages were made
 */
export async function fanOut(db: Database, signal?: AbortSignal): Promise<number> {
  const busy = new Set<string>()
  let made = 0
  while (!signal?.aborted) {
    const rows = await db
      .selectDistinct({ accountId: outboxEvents.accountId })
      .from(outboxEvents)
      .where(isNull(outboxEvents.fannedOutAt))
      .limit(1_000)
    const accountIds = rows.map(({ accountId }) => accountId).filter((id) => !busy.has(id))
    if (accountIds.length === 0) break
    for (const accountId of accountIds) {
      if (signal?.aborted) break
      const count = await fanOutAccount(db, accountId)
      if (count === null) busy.add(accountId)
      made += count ?? 0
    }
  }
  return made
}

/** @returns how many messages were made; null when another instance is at it */
async function fanOutAccount(db: Database, accountId: string): Promise<number | null> {
  return db.transaction(async (tx) => {
    if (!(await lockAccount(tx, accountId))) return null
    const events = await tx
      .select()
      .from(outboxEvents)
      .where(and(eq(outboxEvents.accountId, accountId), isNull(outboxEvents.fannedOutAt)))
      .orderBy(asc(outboxEvents.id))
      .limit(BATCH)
    if (events.length === 0) return 0
    // What a webhook that is paused or disabled wants is kept for it.
    const wanting = await tx
      .select({ id: webhooks.id, eventTypes: webhooks.eventTypes, createdAt: webhooks.createdAt })
      .from(webhooks)
      .where(eq(webhooks.accountId, accountId))
    const messages = events.flatMap((event) => {
      const message = messageOf(event.kind, event.subjectId, event.data)
      if (!message) return []
      const payload = { type: message.type, timestamp: event.createdAt.toISOString(), data: message.data }
      return wanting
        .filter(({ eventTypes, createdAt }) => createdAt <= event.createdAt && wants(eventTypes, message.type))
        .map(({ id: webhookId }) => ({
          id: newId('webhookMessage'),
          accountId,
          webhookId,
          eventId: event.id,
          type: message.type,
          subjectId: event.subjectId,
          payload,
          createdAt: event.createdAt,
        }))
    })
    for (let start = 0; start < messages.length; start += BATCH) {
      await tx
        .insert(webhookMessages)
        .values(messages.slice(start, start + BATCH))
        .onConflictDoNothing()
    }
    const ids = events.map(({ id }) => id)
    await tx
      .update(outboxEvents)
      .set({ fannedOutAt: sql`now()` })
      .where(and(eq(outboxEvents.accountId, accountId), inArray(outboxEvents.id, ids)))
    return messages.length
  })
}

function wants(eventTypes: string[] | null, type: string): boolean {
  return eventTypes === null || eventTypes.includes(type)
}
