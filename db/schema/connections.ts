import { sql } from 'drizzle-orm'
import { boolean, check, foreignKey, index, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { accounts } from './accounts'
import { at, bytewise } from './columns'
import { credentials } from './credentials'

/**
 * How a consent in the browser ended. connected: its tokens are stored. other_account: they are of another account of the
 * provider than before, and are kept apart until somebody decides: replaced, discarded. denied: the person or the provider
 * said no. failed: the provider's answer gave no tokens. mixed_up: the answer is of another server than the one that was
 * asked. changed: what was connected has been changed meanwhile. superseded: it was begun anew. cancelled: called off here.
 */
export const consentOutcomes = [
  'connected',
  'other_account',
  'replaced',
  'discarded',
  'denied',
  'failed',
  'mixed_up',
  'changed',
  'superseded',
  'cancelled',
] as const

/**
 * A consent that somebody was sent to a provider for: what `state` of OAuth stands for. It can be used once, by the person
 * and in the browser that began it. Its code verifier, and tokens that wait for a decision, are in `vault_items`, under its id.
 */
export const oauthStates = pgTable(
  'oauth_states',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** Who began it. */
    userId: bytewise('user_id').notNull(),
    /** What is connected: `cred_…` or `draft_…`. */
    ownerId: bytewise('owner_id').notNull(),
    /** The stored credential that it is about; null: a new one. */
    credentialId: bytewise('credential_id'),
    /** SHA-256 of what the browser keeps in a cookie. */
    browser: bytewise('browser').notNull(),
    /** Settings and hosts when it was begun: an answer that comes after they were changed is for nobody. */
    subject: jsonb('subject').$type<Record<string, unknown>>().notNull(),
    /** Whether the server said that its answers name it (RFC 9207). */
    namesIssuer: boolean('names_issuer').notNull(),
    /** Where the person sees its end. */
    display: text('display', { enum: ['popup', 'page'] }).notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    /** When the one answer that it takes has come, or it was called off. */
    consumedAt: at('consumed_at'),
    outcome: text('outcome', { enum: consentOutcomes }),
    /** One sentence, for people, without secrets. */
    detail: text('detail'),
    /** Of tokens that wait for a decision: whose they are, and when they end. */
    waiting: jsonb('waiting').$type<Record<string, unknown>>(),
  },
  (t) => [
    unique('oauth_states_account_id_key').on(t.accountId, t.id),
    index('oauth_states_owner_idx').on(t.accountId, t.ownerId),
    index('oauth_states_expires_idx').on(t.expiresAt),
    foreignKey({
      columns: [t.accountId, t.credentialId],
      foreignColumns: [credentials.accountId, credentials.id],
    }).onDelete('cascade'),
    check('oauth_states_display_check', sql`display in ('popup', 'page')`),
    check(
      'oauth_states_outcome_check',
      sql`outcome in ('connected', 'other_account', 'replaced', 'discarded', 'denied', 'failed', 'mixed_up', 'changed', 'superseded', 'cancelled')`,
    ),
  ],
)

/** Which account of a provider the tokens of a credential or a draft are of, as far as the provider tells. */
export const oauthConnections = pgTable(
  'oauth_connections',
  {
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** `cred_…` or `draft_…`. */
    ownerId: bytewise('owner_id').notNull(),
    /** Who vouches for the subject: an issuer of ID tokens, or a provider of the catalogue. Null: nobody. */
    issuer: text('issuer'),
    /** The provider's name for the account; null: not told. */
    subject: text('subject'),
    /** The account as people call it; null: not told. */
    label: text('label'),
    connectedAt: at('connected_at').notNull(),
    connectedById: bytewise('connected_by_id').notNull(),
    connectedByName: text('connected_by_name').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.ownerId] })],
)
