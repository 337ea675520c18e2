import { sql } from 'drizzle-orm'
import { bigint, check, foreignKey, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { apiKeys } from './api-keys'
import { at, bytewise } from './columns'

/** Counts by name, such as `{"2xx": 12}`. */
type Counts = Record<string, number>

/** An hour as it was counted, or a day that its hours were added up to when they were old. */
export const usageSpans = ['hour', 'day'] as const

/** How a key was used, per hour (UTC). Written behind the requests, see `lib/api-keys/usage.ts`. */
export const apiKeyUsageHours = pgTable(
  'api_key_usage_hours',
  {
    accountId: bytewise('account_id').notNull(),
    keyId: bytewise('key_id').notNull(),
    /** When it began. */
    hour: at('hour').notNull(),
    span: text('span', { enum: usageSpans }).notNull().default('hour'),
    /** Accepted requests. */
    requests: bigint('requests', { mode: 'number' }).notNull(),
    refused: bigint('refused', { mode: 'number' }).notNull(),
    /** Refused requests by reason. */
    refusals: jsonb('refusals').$type<Counts>().notNull(),
    /** Answers by the class of their status: `2xx`. */
    statuses: jsonb('statuses').$type<Counts>().notNull(),
    /** Requests by the scope that they asked for; empty: they asked for none, or did not say. */
    scopes: jsonb('scopes').$type<Counts>().notNull(),
    /** Requests by address, for those that came most; empty: all others. */
    addresses: jsonb('addresses').$type<Counts>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.keyId, t.hour, t.span] }),
    index('api_key_usage_hours_hour_idx').on(t.hour),
    foreignKey({ columns: [t.accountId, t.keyId], foreignColumns: [apiKeys.accountId, apiKeys.id] }).onDelete(
      'cascade',
    ),
    check('api_key_usage_hours_span_check', sql`span in ('hour', 'day')`),
  ],
)

/** The scopes that a key has really asked for. `last_used_at` is written every five minutes at most, and exact to the hour. */
export const apiKeyScopeUses = pgTable(
  'api_key_scope_uses',
  {
    accountId: bytewise('account_id').notNull(),
    keyId: bytewise('key_id').notNull(),
    /** Empty: requests that asked for none, or did not say. */
    scope: text('scope').notNull(),
    firstUsedAt: at('first_used_at').notNull(),
    lastUsedAt: at('last_used_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.keyId, t.scope] }),
    index('api_key_scope_uses_account_idx').on(t.accountId),
    foreignKey({ columns: [t.accountId, t.keyId], foreignColumns: [apiKeys.accountId, apiKeys.id] }).onDelete(
      'cascade',
    ),
  ],
)

/** What would have failed while the revocation of a key is rehearsed, alike calls in one row. */
export const apiKeyRehearsalCalls = pgTable(
  'api_key_rehearsal_calls',
  {
    accountId: bytewise('account_id').notNull(),
    keyId: bytewise('key_id').notNull(),
    /** Of the rehearsal that it belongs to. */
    rehearsedAt: at('rehearsed_at').notNull(),
    /** Empty where nothing is known. */
    address: text('address').notNull(),
    userAgent: text('user_agent').notNull(),
    method: text('method').notNull(),
    path: text('path').notNull(),
    /** Slug of the integration that it called; empty: none. */
    integration: text('integration').notNull(),
    calls: bigint('calls', { mode: 'number' }).notNull(),
    firstAt: at('first_at').notNull(),
    lastAt: at('last_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.keyId, t.rehearsedAt, t.address, t.userAgent, t.method, t.path, t.integration] }),
    foreignKey({ columns: [t.accountId, t.keyId], foreignColumns: [apiKeys.accountId, apiKeys.id] }).onDelete(
      'cascade',
    ),
  ],
)
