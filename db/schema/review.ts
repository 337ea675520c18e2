import { sql } from 'drizzle-orm'
import { check, foreignKey, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { accounts } from './accounts'
import { bulkRevocations } from './api-keys'
import { at, bytewise } from './columns'
import { credentials } from './credentials'

export const reviewSubjects = ['key', 'credential'] as const

/** That somebody wants to keep a key or a credential although something was found about it. */
export const reviewDecisions = pgTable(
  'review_decisions',
  {
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: reviewSubjects }).notNull(),
    /** `key_…` or `cred_…`. */
    subjectId: bytewise('subject_id').notNull(),
    finding: text('finding').notNull(),
    reason: text('reason').notNull(),
    /** Then it comes up again. */
    until: at('until').notNull(),
    byId: bytewise('by_id'),
    byName: text('by_name').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.subjectId, t.finding] }),
    check('review_decisions_kind_check', sql`kind in ('key', 'credential')`),
  ],
)

/** What became of a key in a bulk revocation. */
export const revocationOutcomes = ['revoked', 'used_meanwhile', 'revoked_before', 'not_found', 'not_allowed'] as const

/** The report of a bulk revocation, written step by step with it. */
export const bulkRevocationOutcomes = pgTable(
  'bulk_revocation_outcomes',
  {
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    revocationId: bytewise('revocation_id')
      .notNull()
      .references(() => bulkRevocations.id, { onDelete: 'cascade' }),
    keyId: bytewise('key_id').notNull(),
    /** Its name then; null: it was not found. */
    name: text('name'),
    outcome: text('outcome', { enum: revocationOutcomes }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.revocationId, t.keyId] }),
    check(
      'bulk_revocation_outcomes_check',
      sql`outcome in ('revoked', 'used_meanwhile', 'revoked_before', 'not_found', 'not_allowed')`,
    ),
  ],
)

/** The last call that a credential served, kept longer than the calls themselves. */
export const credentialUses = pgTable(
  'credential_uses',
  {
    accountId: bytewise('account_id').notNull(),
    credentialId: bytewise('credential_id').primaryKey(),
    /** Null: none since `known_since`. */
    lastUsedAt: at('last_used_at'),
    /** Since when uses are noted: what was before that nobody knows. */
    knownSince: at('known_since').notNull().defaultNow(),
  },
  (t) => [
    index('credential_uses_account_idx').on(t.accountId),
    foreignKey({
      columns: [t.accountId, t.credentialId],
      foreignColumns: [credentials.accountId, credentials.id],
    }).onDelete('cascade'),
  ],
)
