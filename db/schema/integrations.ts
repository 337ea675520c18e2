import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { accounts } from './accounts'
import { actorKinds, environments } from './api-keys'
import { at, bytewise } from './columns'
import { credentials } from './credentials'

export const integrationStates = ['enabled', 'paused'] as const

/** A configured use of one credential: the only way by which its secret leaves the vault. */
export const integrations = pgTable(
  'integrations',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** Stays as it was made. Keys of the other environment have no way to it. */
    environment: text('environment', { enum: environments }).notNull().default('live'),
    name: text('name').notNull(),
    /** What an app calls it by; unique in each environment of the account, so that an app changes its key and nothing else. */
    slug: bytewise('slug').notNull(),
    /** Null: its credential was deleted. */
    credentialId: bytewise('credential_id'),
    /** All paths are joined to it. Its origin is one that the credential was saved for. */
    baseUrl: text('base_url').notNull(),
    /** Methods that apps may use. */
    methods: text('methods').array().notNull(),
    /** Patterns of paths below the base that apps may call; empty: all. */
    paths: text('paths').array().notNull(),
    /** Headers that every call gets, such as a version that the service asks for. Not secret. */
    headers: jsonb('headers').$type<{ name: string; value: string }[]>().notNull(),
    timeoutMs: integer('timeout_ms').notNull(),
    state: text('state', { enum: integrationStates }).notNull(),
    /** What counts as “token expired” beside 401, in the form of `ExpiredTokenRule`; null: nothing. */
    expiredToken: jsonb('expired_token').$type<Record<string, unknown>>(),
    /** Since when every call through it failed, once that is so for good, see `lib/integrations/find-failing.ts`. */
    failingSince: at('failing_since'),
    /** Since when its calls go as they do now: what failed before was another one's. Its name is not of that. */
    calledAsSince: at('called_as_since').notNull().defaultNow(),
    createdAt: at('created_at').notNull().defaultNow(),
    createdByKind: text('created_by_kind', { enum: actorKinds }).notNull(),
    createdById: bytewise('created_by_id'),
    createdByName: text('created_by_name').notNull(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [
    unique('integrations_account_id_key').on(t.accountId, t.id),
    uniqueIndex('integrations_slug_idx').on(t.accountId, t.environment, t.slug),
    index('integrations_account_created_idx').on(t.accountId, t.createdAt, t.id),
    index('integrations_failing_idx').on(t.id).where(sql`failing_since is not null`),
    index('integrations_credential_idx').on(t.accountId, t.credentialId),
    // No cascade: whoever deletes a credential says what becomes of its integrations.
    foreignKey({
      name: 'integrations_credential_fk',
      columns: [t.accountId, t.environment, t.credentialId],
      foreignColumns: [credentials.accountId, credentials.environment, credentials.id],
    }),
    check('integrations_environment_check', sql`environment in ('live', 'test')`),
    check('integrations_state_check', sql`state in ('enabled', 'paused')`),
    check('integrations_name_check', sql`char_length(name) between 1 and 64`),
  ],
)

/** Who answered a call through an integration, or what kept it from being answered. */
export const proxyOutcomes = [
  'answered',
  'unreachable',
  'timeout',
  'refused_by_egress',
  'broken_off',
  'token_unavailable',
  'called_off',
] as const

/** Without what was ended on this side before it was answered, as by a caller who went away: that tells nothing of a service. */
export const tellingOutcomes = proxyOutcomes.filter((outcome) => outcome !== 'called_off')

/**
 * One call through an integration: from which key to which host. Never with bodies, headers or queries. Without foreign
 * keys, since it outlives what it tells of, for 30 days.
 */
export const proxyCalls = pgTable(
  'proxy_calls',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    at: at('at').notNull(),
    /** The calling key; null: a person's “Try it”. */
    keyId: bytewise('key_id'),
    /** The person, of a “Try it”. */
    userId: bytewise('user_id'),
    integrationId: bytewise('integration_id').notNull(),
    credentialId: bytewise('credential_id').notNull(),
    host: text('host').notNull(),
    method: text('method').notNull(),
    path: text('path').notNull(),
    outcome: text('outcome', { enum: proxyOutcomes }).notNull(),
    /** What the caller got. */
    status: integer('status').notNull(),
    /** From the request's arrival to the answer's headers, and to its last byte. */
    latencyMs: integer('latency_ms').notNull(),
    totalMs: integer('total_ms').notNull(),
    requestBytes: bigint('request_bytes', { mode: 'number' }).notNull(),
    responseBytes: bigint('response_bytes', { mode: 'number' }).notNull(),
    requestId: bytewise('request_id').notNull(),
  },
  (t) => [
    index('proxy_calls_integration_idx').on(t.accountId, t.integrationId, t.at),
    index('proxy_calls_key_idx').on(t.accountId, t.keyId, t.at),
    index('proxy_calls_at_idx').on(t.at),
    check(
      'proxy_calls_outcome_check',
      sql`outcome in ('answered', 'unreachable', 'timeout', 'refused_by_egress', 'broken_off', 'token_unavailable', 'called_off')`,
    ),
  ],
)
