import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { accounts } from './accounts'
import { at, bytewise, rowVersion } from './columns'

export const environments = ['live', 'test'] as const

/** Who did something: a signed-in person, an API key, an operator at the command line, or Fenicia itself. */
export const actorKinds = ['user', 'key', 'operator', 'system'] as const

/** An API key. The token itself is in no column: only its SHA-256 and a hint to recognise it by. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /**
     * The name as it is compared, while this key holds it; null once the key is revoked, replaced or known to be
     * expired. An index can't ask what time it is, so the hold is a value and not a condition.
     */
    nameHeld: text('name_held'),
    environment: text('environment', { enum: environments }).notNull(),
    scopes: text('scopes').array().notNull(),
    /** Ids of the integrations that it may use with `integrations:use`; null: all of the account's. */
    integrationIds: text('integration_ids').array(),
    /** base64url of SHA-256 over the whole token. */
    tokenHash: bytewise('token_hash').notNull(),
    hintStart: bytewise('hint_start').notNull(),
    hintEnd: bytewise('hint_end').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    createdByKind: text('created_by_kind', { enum: actorKinds }).notNull(),
    createdById: bytewise('created_by_id'),
    createdByName: text('created_by_name').notNull(),
    expiresAt: at('expires_at'),
    revokedAt: at('revoked_at'),
    revokedReason: text('revoked_reason'),
    revokedByName: text('revoked_by_name'),
    /** End of the overlap after a regeneration; never later than `expires_at`. */
    retiresAt: at('retires_at'),
    /** End the overlap early, once the successor is in use and this key has been silent for an hour. */
    retireWhenSilent: boolean('retire_when_silent').notNull().default(false),
    /** The key this one took the place of. Unique, so that a key has one successor however often it is asked for. */
    replacesId: bytewise('replaces_id'),
    /** So many requests in so many seconds; both null: any number. */
    rateRequests: integer('rate_requests'),
    rateSeconds: integer('rate_seconds'),
    /** Requests in a calendar month (UTC); null: any number. */
    monthlyQuota: integer('monthly_quota'),
    /** Addresses and CIDR ranges that it may be used from; null: all. */
    addresses: text('addresses').array(),
    /** Methods that it may be used with; null: all. */
    methods: text('methods').array(),
    /** Since when it is not accepted until somebody resumes it; null: it is not paused. */
    pausedAt: at('paused_at'),
    pausedByName: text('paused_by_name'),
    /** While its revocation is rehearsed: since when, until when, and who asked for it. All three null: it is not. */
    rehearsedAt: at('rehearsed_at'),
    rehearsingUntil: at('rehearsing_until'),
    rehearsedByName: text('rehearsed_by_name'),
    /** Warnings that it will be revoked since nobody uses it, of two; and when that will be. */
    idleWarnings: integer('idle_warnings').notNull().default(0),
    idleRevokesAt: at('idle_revokes_at'),
    /** The last warning that it expires, in days ahead; null: there was none. */
    expiryWarnedDays: integer('expiry_warned_days'),
    rowVersion: rowVersion(),
  },
  (t) => [
    unique('api_keys_account_id_key').on(t.accountId, t.id),
    uniqueIndex('api_keys_token_hash_idx').on(t.tokenHash),
    uniqueIndex('api_keys_name_held_idx').on(t.accountId, t.nameHeld).where(sql`name_held is not null`),
    uniqueIndex('api_keys_replaces_idx').on(t.replacesId).where(sql`replaces_id is not null`),
    index('api_keys_account_created_idx').on(t.accountId, t.createdAt, t.id),
    index('api_keys_silent_idx').on(t.retiresAt).where(sql`retire_when_silent`),
    index('api_keys_expiring_idx').on(t.expiresAt).where(sql`expires_at is not null and revoked_at is null`),
    index('api_keys_rehearsing_idx').on(t.rehearsingUntil).where(sql`rehearsing_until is not null`),
    foreignKey({ columns: [t.accountId, t.replacesId], foreignColumns: [t.accountId, t.id] }),
    check('api_keys_environment_check', sql`environment in ('live', 'test')`),
    check('api_keys_created_by_kind_check', sql`created_by_kind in ('user', 'key', 'operator', 'system')`),
    check('api_keys_retires_before_expiry_check', sql`retires_at <= expires_at`),
    check('api_keys_name_check', sql`char_length(name) between 1 and 64`),
    check('api_keys_rate_check', sql`(rate_requests is null) = (rate_seconds is null)`),
    check('api_keys_rate_requests_check', sql`rate_requests between 1 and 1000000`),
    check('api_keys_rate_seconds_check', sql`rate_seconds between 1 and 86400`),
    check('api_keys_idle_warnings_check', sql`idle_warnings between 0 and 2`),
    check('api_keys_monthly_quota_check', sql`monthly_quota between 1 and 1000000000`),
  ],
)

/**
 * How much of a key's rate and monthly quota the instances have leased, see `lib/api-keys/leases.ts`. Apart from `api_keys`,
 * so that it never waits for, or delays, a revocation. No row: nothing yet.
 */
export const apiKeyAllowances = pgTable(
  'api_key_allowances',
  {
    keyId: bytewise('key_id').primaryKey(),
    accountId: bytewise('account_id').notNull(),
    /** When the rate's window began: with the first lease after the one before had ended. */
    startedAt: at('started_at').notNull(),
    /** Requests of the window that are used up, or leased to be. */
    leased: integer('leased').notNull(),
    /** The last lease, which the statement that took it answers; and how many requests asked for it. */
    granted: integer('granted').notNull(),
    wanted: integer('wanted').notNull(),
    /** The first day of the month (UTC) that the rest is of. */
    month: date('month', { mode: 'string' }).notNull(),
    monthLeased: integer('month_leased').notNull(),
    monthGranted: integer('month_granted').notNull(),
    monthWanted: integer('month_wanted').notNull(),
  },
  (t) => [
    foreignKey({ columns: [t.accountId, t.keyId], foreignColumns: [apiKeys.accountId, apiKeys.id] }).onDelete(
      'cascade',
    ),
  ],
)

/** The last use of a key. Apart from `api_keys`, so that writing it never waits for, or delays, a revocation. */
export const apiKeyUses = pgTable(
  'api_key_uses',
  {
    keyId: bytewise('key_id').primaryKey(),
    accountId: bytewise('account_id').notNull(),
    lastUsedAt: at('last_used_at').notNull(),
    address: text('address'),
    userAgent: text('user_agent'),
  },
  (t) => [
    foreignKey({ columns: [t.accountId, t.keyId], foreignColumns: [apiKeys.accountId, apiKeys.id] }).onDelete(
      'cascade',
    ),
  ],
)

/** How often a key was accepted, per day (UTC). */
export const apiKeyUsageDays = pgTable(
  'api_key_usage_days',
  {
    accountId: bytewise('account_id').notNull(),
    keyId: bytewise('key_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    requests: bigint('requests', { mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.keyId, t.day] }),
    foreignKey({ columns: [t.accountId, t.keyId], foreignColumns: [apiKeys.accountId, apiKeys.id] }).onDelete(
      'cascade',
    ),
  ],
)

/** A revocation of many keys at once: work that goes on when the person leaves the page. */
export const bulkRevocations = pgTable(
  'bulk_revocations',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    reason: text('reason'),
    /** Who asked and from where, as each key's audit event will say. */
    actor: jsonb('actor').$type<Record<string, unknown>>().notNull(),
    /** Test keys see test keys only; null: all. */
    wall: text('wall', { enum: environments }),
    keyIds: text('key_ids').array().notNull(),
    total: integer('total').notNull(),
    /** How many of `key_ids` have been looked at. A number, so that a step does not write the whole list anew. */
    done: integer('done').notNull().default(0),
    revoked: integer('revoked').notNull().default(0),
    createdAt: at('created_at').notNull().defaultNow(),
    finishedAt: at('finished_at'),
  },
  (t) => [index('bulk_revocations_open_idx').on(t.createdAt).where(sql`finished_at is null`)],
)
