import { sql } from 'drizzle-orm'
import { boolean, check, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { accounts } from './accounts'
import { at, bytewise } from './columns'

/** What becomes of a key whose token was reported as leaked. */
export const leakResponses = ['revoke', 'flag'] as const

/** What an account asks of its keys and its people. No row: nothing beyond what Fenicia asks of everybody. */
export const accountPolicies = pgTable(
  'account_policies',
  {
    accountId: bytewise('account_id')
      .primaryKey()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** New keys must expire, at some time. */
    keyExpiryRequired: boolean('key_expiry_required').notNull().default(false),
    /** The longest lifetime of a new key, in days; null: any. */
    keyMaxDays: integer('key_max_days'),
    /** Keys that were not used for so many days are revoked, after two warnings; null: never. */
    keyIdleDays: integer('key_idle_days'),
    /** Addresses and CIDR ranges that any key of the account may be used from; null: all. */
    keyAddresses: text('key_addresses').array(),
    leakResponse: text('leak_response', { enum: leakResponses }).notNull().default('revoke'),
    /** People need a second factor to see anything of the account. */
    secondFactorRequired: boolean('second_factor_required').notNull().default(false),
    /** Days that audit events are kept; null: for ever. */
    auditKeepDays: integer('audit_keep_days'),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  () => [
    check('account_policies_key_max_days_check', sql`key_max_days between 1 and 3650`),
    check('account_policies_key_idle_days_check', sql`key_idle_days between 7 and 3650`),
    check('account_policies_audit_keep_days_check', sql`audit_keep_days between 30 and 3650`),
    check('account_policies_leak_response_check', sql`leak_response in ('revoke', 'flag')`),
  ],
)
