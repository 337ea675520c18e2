import { and, eq, gt, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { auditEvents } from '@/db/schema'
import type { Actor } from './actor'
import { type AuditAction, recordAuditEvent } from './record'

/**
 * Writes an event for something that was refused, once in an hour for the same attempt of the same actor: whoever tries a
 * thousand times fills no log. Call it when the transaction that refused is over.
 */
export async function recordRefusedAttempt(
  db: Database,
  actor: Actor,
  action: AuditAction,
  targetId: string,
  details: Record<string, unknown>,
): Promise<void> {
  const [known] = await db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.accountId, actor.accountId),
        eq(auditEvents.targetId, targetId),
        gt(auditEvents.at, sql`statement_timestamp() - interval '1 hour'`),
        eq(auditEvents.action, action),
        sql`${auditEvents.actorId} is not distinct from ${actor.id}`,
        sql`${auditEvents.details} = ${JSON.stringify(details)}::jsonb`,
      ),
    )
    .limit(1)
  if (!known) await recordAuditEvent(db, actor, action, targetId, details)
}
