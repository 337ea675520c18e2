import { sql } from 'drizzle-orm'
import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { accounts } from './accounts'
import { at, bytewise } from './columns'

/**
 * What has happened that somebody is to be told of, written in the transaction of the change. Mails and notices are made of
 * it later, in any order of instances, by whoever marks it as handled.
 */
export const outboxEvents = pgTable(
  'outbox_events',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** One of `EventData`'s names. */
    kind: text('kind').notNull(),
    /** What it happened to, which may be gone by now. */
    subjectId: bytewise('subject_id').notNull(),
    /** Facts for people, none of them secret, in the form of `EventData`. */
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    /** When notices were made of it. Null: not yet. */
    notifiedAt: at('notified_at'),
    /** When messages to webhooks were made of it. Null: not yet. */
    fannedOutAt: at('fanned_out_at'),
  },
  (t) => [
    index('outbox_events_unsent_idx').on(t.id).where(sql`fanned_out_at is null`),
    index('outbox_events_open_idx').on(t.id).where(sql`notified_at is null`),
  ],
)
