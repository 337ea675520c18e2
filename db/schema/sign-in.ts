import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { users } from './accounts'
import { at, bytewise } from './columns'

/** How a person proved who they are: by a password, by a password and something of theirs, or by a passkey, which is both. */
export const signInMethods = [
  'password',
  'password_code',
  'password_recovery_code',
  'password_passkey',
  'passkey',
] as const

/** Sessions. A session's cookie is accepted for as long as its row is there and has not ended. */
export const sessions = pgTable(
  'sessions',
  {
    /** As the cookie carries it; of no use without the rest of the cookie. */
    id: bytewise('id').primaryKey(),
    userId: bytewise('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    method: text('method', { enum: signInMethods }).notNull(),
    /** Of the sign-in. */
    address: text('address'),
    userAgent: text('user_agent'),
    startedAt: at('started_at').notNull().defaultNow(),
    /** Written every few minutes at most. */
    lastSeenAt: at('last_seen_at').notNull().defaultNow(),
    /** When it was signed out; null: it was not. */
    endedAt: at('ended_at'),
  },
  (t) => [
    index('sessions_user_idx').on(t.userId).where(sql`ended_at is null`),
    index('sessions_started_idx').on(t.startedAt),
    check(
      'sessions_method_check',
      sql`method in ('password', 'password_code', 'password_recovery_code', 'password_passkey', 'passkey')`,
    ),
  ],
)

/** Authenticator apps (TOTP, RFC 6238), one a person. */
export const authenticators = pgTable('authenticators', {
  userId: bytewise('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  /** Its secret, sealed with a master key and bound to the person, see `lib/vault/personal.ts`. */
  sealed: text('sealed').notNull(),
  /** The master key that it is sealed with. */
  masterKid: text('master_kid').notNull(),
  /** The last step of 30 seconds whose code was accepted: neither it nor an earlier one is accepted again. */
  lastStep: integer('last_step'),
  createdAt: at('created_at').notNull().defaultNow(),
  /** When a code of it was given; null: it was shown, and counts for nothing yet. */
  confirmedAt: at('confirmed_at'),
})

/** Codes that stand in for a lost second factor, each once. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    userId: bytewise('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** SHA-256 of the code, which itself was shown once. */
    codeHash: bytewise('code_hash').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    usedAt: at('used_at'),
  },
  (t) => [primaryKey({ columns: [t.userId, t.codeHash] })],
)

/** Passkeys (WebAuthn credentials). */
export const passkeys = pgTable(
  'passkeys',
  {
    id: bytewise('id').primaryKey(),
    userId: bytewise('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** The id that its authenticator gave it, in base64url. */
    credentialId: bytewise('credential_id').notNull().unique(),
    /** COSE key, in base64url. */
    publicKey: text('public_key').notNull(),
    /** Its authenticator's counter of signatures, of 32 bits without a sign; 0: it counts none. */
    counter: bigint('counter', { mode: 'number' }).notNull(),
    /** How a browser reaches it, such as `internal` or `usb`. */
    transports: text('transports').array().notNull(),
    /** It is kept in several places, such as a password manager that syncs. */
    backedUp: boolean('backed_up').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    lastUsedAt: at('last_used_at'),
  },
  (t) => [index('passkeys_user_idx').on(t.userId)],
)

/** Steps of signing in that were taken, until they would have expired: none is taken twice. */
export const spentTickets = pgTable(
  'spent_tickets',
  {
    id: bytewise('id').primaryKey(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [index('spent_tickets_expires_idx').on(t.expiresAt)],
)
