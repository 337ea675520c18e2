import { type AnyColumn, and, eq, exists, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { integrations, notificationItems, notifications, webhooks } from '@/db/schema'
import type { EventKind } from './outbox'

/** Kinds that tell of a state in which a thing itself is; troubles of credentials are episodes. */
export const stateKinds = ['integration.failing', 'webhook.disabled'] as const satisfies readonly EventKind[]
export type StateKind = (typeof stateKinds)[number]

export function isStateKind(kind: EventKind): kind is StateKind {
  return (stateKinds as readonly EventKind[]).includes(kind)
}

/** Whether what an item tells of lasts. */
export function isStillSo(db: Database, kind: StateKind): SQL {
  return kind === 'integration.failing' ? isFailing(db) : isDisabled(db)
}

/** Whether a notification of this kind tells of something that lasts. */
export function hasLasting(db: Database, kind: StateKind): SQL {
  const lasting = db
    .select({ one: sql`1` })
    .from(notificationItems)
    .where(
      and(
        eq(notificationItems.accountId, notifications.accountId),
        eq(notificationItems.notificationId, notifications.id),
        isStillSo(db, kind),
      ),
    )
  return exists(lasting)
}

/** Whether an item's webhook takes no messages still: it may be enabled again, or deleted. */
function isDisabled(db: Database): SQL {
  const disabled = db
    .select({ one: sql`1` })
    .from(webhooks)
    .where(
      and(
        eq(webhooks.accountId, notificationItems.accountId),
        eq(webhooks.id, notificationItems.subjectId),
        eq(webhooks.state, 'disabled'),
      ),
    )
  return exists(disabled)
}

/** Whether an item's integration fails as it did then: it may go well again, fail anew, be paused or deleted by now. */
function isFailing(db: Database): SQL {
  const failing = db
    .select({ one: sql`1` })
    .from(integrations)
    .where(
      and(
        eq(integrations.accountId, notificationItems.accountId),
        eq(integrations.id, notificationItems.subjectId),
        eq(integrations.state, 'enabled'),
        isAsTold(integrations.failingSince, 'failingSince'),
      ),
    )
  return exists(failing)
}

/** Whether a time is the one that an item tells of: as it is written in events, to the millisecond. */
export function isAsTold(column: AnyColumn, fact: string): SQL {
  return sql`date_trunc('milliseconds', ${column}) = (${notificationItems.data} ->> ${fact})::timestamptz`
}
