import { sql } from 'drizzle-orm'
import { check, foreignKey, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { apiKeys } from './api-keys'
import { at, bytewise } from './columns'

/**
 * Where a token was seen that belongs to nobody's eyes: told by somebody who holds it, by GitHub, or seen by ourselves in the
 * URL or the body of a request.
 */
export const leakSources = ['report', 'github', 'url', 'body'] as const

/** What was done: the key revoked, only people told, or nothing, since the key no longer worked. */
export const leakOutcomes = ['revoked', 'flagged', 'ended_before'] as const

/** A token that was seen in a place, however often. The token itself is in no column. */
export const leakReports = pgTable(
  'leak_reports',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id').notNull(),
    keyId: bytewise('key_id').notNull(),
    source: text('source', { enum: leakSources }).notNull(),
    /** Where it was found; empty: not told. */
    url: text('url').notNull(),
    comment: text('comment'),
    /** Of whoever told it first. */
    address: text('address'),
    userAgent: text('user_agent'),
    outcome: text('outcome', { enum: leakOutcomes }).notNull(),
    times: integer('times').notNull().default(1),
    firstAt: at('first_at').notNull().defaultNow(),
    lastAt: at('last_at').notNull().defaultNow(),
    /** When people were last told of it. */
    toldAt: at('told_at').notNull().defaultNow(),
    /** When somebody said that all is done that it asks for. */
    handledAt: at('handled_at'),
    handledByName: text('handled_by_name'),
  },
  (t) => [
    uniqueIndex('leak_reports_open_idx').on(t.keyId, t.source, t.url).where(sql`handled_at is null`),
    index('leak_reports_key_idx').on(t.accountId, t.keyId, t.id),
    index('leak_reports_unhandled_idx').on(t.accountId).where(sql`handled_at is null`),
    foreignKey({ columns: [t.accountId, t.keyId], foreignColumns: [apiKeys.accountId, apiKeys.id] }).onDelete(
      'cascade',
    ),
    check('leak_reports_source_check', sql`source in ('report', 'github', 'url', 'body')`),
    check('leak_reports_outcome_check', sql`outcome in ('revoked', 'flagged', 'ended_before')`),
  ],
)
