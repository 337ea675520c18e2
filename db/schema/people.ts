import { sql } from 'drizzle-orm'
import { check, foreignKey, index, jsonb, pgTable, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { accounts, customRoles, languages, users } from './accounts'
import { at, bytewise } from './columns'

/**
 * The browsers in which a person has signed in. A browser proves that it is one of them by its cookie, see
 * `lib/accounts/device.ts`; a row says since when, and whether the person has taken it back.
 */
export const knownBrowsers = pgTable(
  'known_browsers',
  {
    /** The id in the browser's cookie, of no use without our signature. */
    id: bytewise('id').primaryKey(),
    userId: bytewise('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Of the last sign-in. */
    address: text('address'),
    userAgent: text('user_agent'),
    firstSeenAt: at('first_seen_at').notNull().defaultNow(),
    lastSeenAt: at('last_seen_at').notNull().defaultNow(),
    /** When the person had it forgotten, by signing out everywhere or a new password; null: it is known. */
    forgottenAt: at('forgotten_at'),
  },
  (t) => [index('known_browsers_user_idx').on(t.userId, t.lastSeenAt)],
)

/** Links by which somebody who forgot their password sets another, once. */
export const passwordResets = pgTable(
  'password_resets',
  {
    id: bytewise('id').primaryKey(),
    userId: bytewise('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** SHA-256 of what the link holds, which itself is in the mail alone. */
    linkHash: bytewise('link_hash').notNull().unique(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    /** When it, or another one of the person, set a password. */
    usedAt: at('used_at'),
  },
  (t) => [index('password_resets_user_idx').on(t.userId), index('password_resets_expires_idx').on(t.expiresAt)],
)

/** Fenicia's own roles that one can be invited to: an account has one owner. */
export const invitedRoles = ['admin', 'manager', 'staff'] as const

/** Invitations to be a member of an account. Open: neither accepted nor revoked; it may have expired. */
export const invitations = pgTable(
  'invitations',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** In the form in which e-mail addresses are compared. */
    email: text('email').notNull(),
    role: text('role', { enum: [...invitedRoles, 'custom'] }).notNull(),
    /** As of a member. */
    customRoleId: bytewise('custom_role_id'),
    /** Of the mail: of whoever is invited nothing is known, so it is that of whoever invites. */
    language: text('language', { enum: languages }).notNull(),
    /** What the newest link is made of; each time it is sent, another. */
    linkId: bytewise('link_id').notNull(),
    linkHash: bytewise('link_hash').notNull().unique(),
    invitedById: bytewise('invited_by_id').notNull(),
    invitedByName: text('invited_by_name').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    sentAt: at('sent_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    acceptedAt: at('accepted_at'),
    revokedAt: at('revoked_at'),
  },
  (t) => [
    uniqueIndex('invitations_open_idx').on(t.accountId, t.email).where(sql`accepted_at is null and revoked_at is null`),
    index('invitations_expires_idx').on(t.expiresAt),
    index('invitations_custom_role_idx').on(t.accountId, t.customRoleId),
    foreignKey({
      name: 'invitations_custom_role_fk',
      columns: [t.accountId, t.customRoleId],
      foreignColumns: [customRoles.accountId, customRoles.id],
    }),
    check('invitations_role_check', sql`role in ('admin', 'manager', 'staff', 'custom')`),
    check('invitations_custom_role_check', sql`(role = 'custom') = (custom_role_id is not null)`),
    check('invitations_language_check', sql`language in ('en', 'es')`),
  ],
)

/**
 * A mail to one person about themselves: their password, their sign-in, an invitation. Nobody can switch these off, nobody
 * else in the account hears of them, and who gets one need not be a member.
 */
export const personalMails = pgTable(
  'personal_mails',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** One of `PersonalData`'s names. */
    kind: text('kind').notNull(),
    /** Null: not known. */
    toName: text('to_name'),
    toAddress: text('to_address').notNull(),
    language: text('language', { enum: languages }).notNull(),
    /** Facts in the form of `PersonalData`; never a link. */
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [
    unique('personal_mails_account_id_key').on(t.accountId, t.id),
    index('personal_mails_created_idx').on(t.createdAt),
    check('personal_mails_language_check', sql`language in ('en', 'es')`),
  ],
)

/**
 * Who answers for what they did not make themselves: keys, credentials, integrations and webhooks, by their ids. What somebody's
 * key has made is theirs; what somebody made who left may be handed over. Who made it stays with it.
 */
export const handovers = pgTable(
  'handovers',
  {
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    subjectId: bytewise('subject_id').notNull(),
    toUserId: bytewise('to_user_id').notNull(),
    at: at('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.subjectId] })],
)
