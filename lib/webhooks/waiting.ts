import { and, eq, gt, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { webhookMessages } from '@/db/schema'

/** Has all messages of a webhook that wait for a later attempt sent now. */
export async function sendWaitingNow(tx: Database, accountId: string, webhookId: string): Promise<void> {
  await tx
    .update(webhookMessages)
    .set({ dueAt: sql`now()` })
    .where(
      and(
        eq(webhookMessages.accountId, accountId),
        eq(webhookMessages.webhookId, webhookId),
        eq(webhookMessages.state, 'waiting'),
        gt(webhookMessages.dueAt, sql`now()`),
      ),
    )
}
