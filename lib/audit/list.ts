import { and, desc, eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { auditEvents } from '@/db/schema'
import type { auditActions } from './record'

/** What happened to something, as people see it. */
export interface AuditEventView {
  id: string
  at: Date
  action: keyof typeof auditActions
  actor: { kind: (typeof auditEvents.$inferSelect)['actorKind']; name: string }
  address: string | null
  details: Record<string, unknown>
}

/**
 * What happened to one thing of an account, newest first.
 * @param targetId such as `key_…`; another account's has no events here
 */
export async function listAuditEventsOf(
  db: Database,
  accountId: string,
  targetId: string,
  limit: number,
): Promise<AuditEventView[]> {
  const rows = await db
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.accountId, accountId), eq(auditEvents.targetId, targetId)))
    .orderBy(desc(auditEvents.id))
    .limit(limit)
  return rows.map(({ id, at, action, actorKind, actorName, address, details }) => ({
    id,
    at,
    action: action as AuditEventView['action'],
    actor: { kind: actorKind, name: actorName },
    address,
    details,
  }))
}
