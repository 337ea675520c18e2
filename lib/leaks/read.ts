import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys, leakReports } from '@/db/schema'
import { type Actor, recordAuditEvent } from '../audit'

/** A place in which a key's token was seen. */
export type LeakView = Pick<
  typeof leakReports.$inferSelect,
  'id' | 'source' | 'url' | 'comment' | 'address' | 'userAgent' | 'outcome' | 'times' | 'firstAt' | 'lastAt'
> & { handled: { at: Date; by: string } | null }

const MAX_SHOWN = 50

/** Where a key's token was seen, the latest first. */
export async function listLeaks(db: Database, accountId: string, keyId: string): Promise<LeakView[]> {
  const rows = await db
    .select()
    .from(leakReports)
    .where(and(eq(leakReports.accountId, accountId), eq(leakReports.keyId, keyId)))
    .orderBy(desc(leakReports.id))
    .limit(MAX_SHOWN)
  return rows.map(({ accountId: _, keyId: __, toldAt: ___, handledAt, handledByName, ...leak }) => ({
    ...leak,
    handled: handledAt && { at: handledAt, by: handledByName ?? '' },
  }))
}

/** The account's keys whose tokens were seen somewhere, and of which nobody has said that all is done; the newest first. */
export function leakedKeys(db: Database, accountId: string): Promise<{ id: string; name: string }[]> {
  return db
    .selectDistinct({ id: apiKeys.id, name: apiKeys.name })
    .from(leakReports)
    .innerJoin(apiKeys, and(eq(apiKeys.accountId, leakReports.accountId), eq(apiKeys.id, leakReports.keyId)))
    .where(and(eq(leakReports.accountId, accountId), isNull(leakReports.handledAt)))
    .orderBy(desc(apiKeys.id))
}

/** Notes that all is done that a key's leak asks for. What is seen of it from then on is news. */
export async function markLeaksHandled(db: Database, actor: Actor, keyId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const handled = await tx
      .update(leakReports)
      .set({ handledAt: sql`now()`, handledByName: actor.name })
      .where(
        and(eq(leakReports.accountId, actor.accountId), eq(leakReports.keyId, keyId), isNull(leakReports.handledAt)),
      )
      .returning({ source: leakReports.source, url: leakReports.url })
    if (handled.length === 0) return
    await recordAuditEvent(tx, actor, 'api_key.leak_handled', keyId, { places: handled })
  })
}
