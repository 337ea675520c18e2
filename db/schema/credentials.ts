import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
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
import { actorKinds, environments } from './api-keys'
import { at, bytewise } from './columns'

export const credentialTypes = ['api_key', 'oauth2', 'bearer', 'basic', 'headers'] as const

/**
 * What a Test found. good: the service accepted it. refused: the service said no. unproven: the service answered, but with
 * what proves nothing. failed: it was not reached, or did not give a token.
 */
export const testResults = ['good', 'refused', 'unproven', 'failed'] as const

/** How Fenicia gets into an external service. What is secret of it is in `vault_items`, under its id. */
export const credentials = pgTable(
  'credentials',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** Stays as it was made. Keys of the other environment have no way to it. */
    environment: text('environment', { enum: environments }).notNull().default('live'),
    name: text('name').notNull(),
    /** The name as it is compared, see `comparableName`; unique in each environment of the account. */
    nameHeld: text('name_held').notNull(),
    type: text('type', { enum: credentialTypes }).notNull(),
    /** Entry of the provider catalogue; null: another service. */
    provider: text('provider'),
    /** What its type asks for and is not secret, in the form of `CredentialSettings`. */
    settings: jsonb('settings').$type<Record<string, unknown>>().notNull(),
    /** When each secret field was set last, by its name. */
    secretSetAt: jsonb('secret_set_at').$type<Record<string, string>>().notNull(),
    /** Origins that the secret was saved for: it travels nowhere else. */
    hosts: text('hosts').array().notNull(),
    /** The test request; null: there is none. */
    test: jsonb('test').$type<Record<string, unknown>>(),
    /** When a static secret ends by itself, as the person said. */
    expiresAt: at('expires_at'),
    /** The last warning of that end, in days before it. */
    expiryWarnedDays: integer('expiry_warned_days'),
    /** OAuth2: whether its tokens are renewed before they end, without anybody asking for it. */
    renewAhead: boolean('renew_ahead').notNull().default(true),
    /** Raised by each change of what is sent, so that a result of an earlier state is not taken for one of the present. */
    version: integer('version').notNull().default(1),
    testedAt: at('tested_at'),
    testResult: text('test_result', { enum: testResults }),
    /** One sentence, for people. */
    testDetail: text('test_detail'),
    testedByName: text('tested_by_name'),
    createdAt: at('created_at').notNull().defaultNow(),
    createdByKind: text('created_by_kind', { enum: actorKinds }).notNull(),
    createdById: bytewise('created_by_id'),
    createdByName: text('created_by_name').notNull(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [
    unique('credentials_account_id_key').on(t.accountId, t.id),
    // For integrations, which use credentials of their own environment only.
    unique('credentials_environment_id_key').on(t.accountId, t.environment, t.id),
    uniqueIndex('credentials_name_held_idx').on(t.accountId, t.environment, t.nameHeld),
    index('credentials_expires_idx').on(t.expiresAt).where(sql`expires_at is not null`),
    index('credentials_account_created_idx').on(t.accountId, t.createdAt, t.id),
    check('credentials_environment_check', sql`environment in ('live', 'test')`),
    check('credentials_type_check', sql`type in ('api_key', 'oauth2', 'bearer', 'basic', 'headers')`),
    check('credentials_test_result_check', sql`test_result in ('good', 'refused', 'unproven', 'failed')`),
    check('credentials_name_check', sql`char_length(name) between 1 and 64`),
  ],
)

/**
 * A form that was tested and not saved yet, when the test itself has changed something: it spent a refresh token, so that
 * only what it got for it still works. Its secrets and tokens are in `vault_items`, under its id. Ends after a day.
 */
export const credentialDrafts = pgTable(
  'credential_drafts',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** Of an edit: what is edited. */
    credentialId: bytewise('credential_id'),
    /** The form as it was tested, without its secrets. */
    form: jsonb('form').$type<Record<string, unknown>>().notNull(),
    secretSetAt: jsonb('secret_set_at').$type<Record<string, string>>().notNull(),
    /** Of an edit: the fields that it changes, as it was when it was tested; null: not noted. */
    changedFields: text('changed_fields').array(),
    /** Origins that the draft's secrets were typed for. */
    hosts: text('hosts').array().notNull(),
    testedAt: at('tested_at'),
    testResult: text('test_result', { enum: testResults }),
    testDetail: text('test_detail'),
    createdByKind: text('created_by_kind', { enum: actorKinds }).notNull(),
    createdById: bytewise('created_by_id'),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [
    unique('credential_drafts_account_id_key').on(t.accountId, t.id),
    index('credential_drafts_owner_idx').on(t.accountId, t.createdById, t.createdAt),
    index('credential_drafts_expires_idx').on(t.expiresAt),
    foreignKey({
      columns: [t.accountId, t.credentialId],
      foreignColumns: [credentials.accountId, credentials.id],
    }).onDelete('cascade'),
  ],
)

/**
 * The state of an OAuth2 token set, of a credential or a draft; the tokens themselves are in `vault_items`, field `tokens`,
 * and are only written together with `version`. Who renews holds the lease; its number (`fence`) is asked for again when
 * the result is stored, so that a late worker changes nothing.
 */
export const tokenSets = pgTable(
  'token_sets',
  {
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** `cred_…` or `draft_…`. */
    ownerId: bytewise('owner_id').notNull(),
    /** Raised whenever other tokens are stored; 0: there are none yet. */
    version: integer('version').notNull().default(0),
    obtainedAt: at('obtained_at'),
    /** When the access token ends; null: not known. */
    expiresAt: at('expires_at'),
    fence: bigint('fence', { mode: 'number' }).notNull().default(0),
    leaseUntil: at('lease_until'),
    /**
     * When somebody first found a lease that had ended without being given back. Its holder was killed, or could not reach
     * the database: he has a moment yet to bring what he got.
     */
    contestedAt: at('contested_at'),
    /** Why a person has to authorize anew: the provider's error code, such as `invalid_grant`. Null: nobody has to. */
    refusedError: text('refused_error'),
    refusedAt: at('refused_at'),
    /** Origin of the token endpoint, so that the failures of one are known to be those of all who renew there. */
    endpoint: text('endpoint'),
    /** When they are to be renewed, or it is to be tried again. Null: not by itself. */
    renewAt: at('renew_at'),
    /** When the refresh token ends; null: not known, or never. */
    refreshExpiresAt: at('refresh_expires_at'),
    /** How long access tokens of an unknown lifetime were found to last, in seconds. */
    learnedSeconds: integer('learned_seconds'),
    /** The first failure since the last success; null: the last attempt succeeded. */
    failingSince: at('failing_since'),
    failures: integer('failures').notNull().default(0),
    /** Until then the provider is not asked for the sake of a call: it has failed just now, or asked to be left alone. */
    coolUntil: at('cool_until'),
    /** When people were told that this is in trouble, so that they are told when it is over. */
    alarmedAt: at('alarmed_at'),
    /** Since when the refresh token has the end that it has. */
    refreshSetAt: at('refresh_set_at'),
    /** The last warning of that end, in days before it. */
    refreshWarnedDays: integer('refresh_warned_days'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.ownerId] }),
    index('token_sets_due_idx').on(t.renewAt).where(sql`renew_at is not null`),
    index('token_sets_refresh_expires_idx').on(t.refreshExpiresAt).where(sql`refresh_expires_at is not null`),
  ],
)

/** Why tokens were asked for. ahead: before they end. use: a call needed them. rejected: the service refused them. */
export const renewalReasons = ['ahead', 'use', 'rejected', 'manual', 'test', 'connect'] as const

/**
 * What became of an attempt. retrying: it failed and is tried again. refused: a person has to authorize anew. unknown: the
 * process ended, or the answer was lost, so that nobody knows whether the provider has taken the refresh token.
 */
export const renewalResults = ['renewed', 'retrying', 'refused', 'unknown'] as const

/** An attempt to renew, written before the provider is asked, so that one that is cut off is known of too. */
export const renewalAttempts = pgTable(
  'renewal_attempts',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** `cred_…` or `draft_…`. */
    ownerId: bytewise('owner_id').notNull(),
    /** Of the lease that it runs under. */
    fence: bigint('fence', { mode: 'number' }).notNull(),
    reason: text('reason', { enum: renewalReasons }).notNull(),
    startedAt: at('started_at').notNull(),
    endedAt: at('ended_at'),
    /** Null: it runs, or its process has ended. */
    result: text('result', { enum: renewalResults }),
    /** Of the provider's answer. */
    status: integer('status'),
    /** The provider's error code, or Fenicia's of a call that was not answered. */
    error: text('error'),
    /** One sentence, for people, without secrets. */
    detail: text('detail'),
    /** When what was got ends, or when it is tried again. */
    nextAt: at('next_at'),
  },
  (t) => [
    index('renewal_attempts_owner_idx').on(t.accountId, t.ownerId, t.id),
    index('renewal_attempts_started_idx').on(t.startedAt),
    check('renewal_attempts_reason_check', sql`reason in ('ahead', 'use', 'rejected', 'manual', 'test', 'connect')`),
    check('renewal_attempts_result_check', sql`result in ('renewed', 'retrying', 'refused', 'unknown')`),
  ],
)

/**
 * Token endpoints that do not answer, of any account: a sweep leaves what renews there until `open_until`, but for one that
 * tries. Calls that need tokens ask nevertheless.
 */
export const tokenEndpoints = pgTable('token_endpoints', {
  origin: text('origin').primaryKey(),
  /** Failures in a row. */
  failures: integer('failures').notNull(),
  openUntil: at('open_until'),
  changedAt: at('changed_at').notNull(),
})
