import { and, inArray, isNotNull, lt, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { notificationEpisodes, notifications, outboxEvents, personalMails } from '@/db/schema'

/** How long it is kept what people were told, and what was wrong and is well again. */
const KEEP_DAYS = 90
/** Rows deleted in one statement, so that none holds up others for long. */
const BATCH = 5_000

/** Forgets what is older than 90 days: notices, mails, episodes that are over, and events that were handled. */
export async function pruneNotifications(db: Database, signal?: AbortSignal): Promise<void> {
  const longAgo = sql`now() - ${KEEP_DAYS} * interval '1 day'`
  const steps = [
    () => {
      const old = db
        .select({ id: notifications.id })
        .from(notifications)
        .where(lt(notifications.createdAt, longAgo))
        .limit(BATCH)
      return db.delete(notifications).where(inArray(notifications.id, old)).returning({ id: notifications.id })
    },
    () => {
      const { id, createdAt } = personalMails
      const old = db.select({ id }).from(personalMails).where(lt(createdAt, longAgo)).limit(BATCH)
      return db.delete(personalMails).where(inArray(id, old)).returning({ id })
    },
    () => {
      const { id, closedAt } = notificationEpisodes
      const old = db
        .select({ id })
        .from(notificationEpisodes)
        .where(and(isNotNull(closedAt), lt(closedAt, longAgo)))
        .limit(BATCH)
      return db.delete(notificationEpisodes).where(inArray(id, old)).returning({ id })
    },
    () => {
      const { id, notifiedAt } = outboxEvents
      const old = db
        .select({ id })
        .from(outboxEvents)
        .where(and(isNotNull(notifiedAt), lt(notifiedAt, longAgo)))
        .limit(BATCH)
      return db.delete(outboxEvents).where(inArray(id, old)).returning({ id })
    },
  ]
  for (const step of steps) {
    while (!signal?.aborted) {
      if ((await step()).length < BATCH) break
    }
  }
}
