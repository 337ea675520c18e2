import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { accounts } from './accounts'
import { actorKinds } from './api-keys'
import { at, bytewise } from './columns'

/** What happened, written in the transaction that made it happen. Never holds a secret. */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    at: at('at').notNull().defaultNow(),
    action: text('action').notNull(),
    actorKind: text('actor_kind', { enum: actorKinds }).notNull(),
    actorId: bytewise('actor_id'),
    actorName: text('actor_name').notNull(),
    targetKind: text('target_kind').notNull(),
    targetId: bytewise('target_id').notNull(),
    address: text('address'),
    userAgent: text('user_agent'),
    requestId: bytewise('request_id'),
    details: jsonb('details').$type<Record<string, unknown>>().notNull(),
  },
  (t) => [
    index('audit_events_account_idx').on(t.accountId, t.id),
    index('audit_events_target_idx').on(t.accountId, t.targetId, t.id),
  ],
)
