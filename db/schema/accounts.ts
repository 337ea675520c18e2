import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { at, bytewise } from './columns'

/** The roles of DESIGN.md, strongest first. What each may do is decided in `lib/accounts/permissions.ts` alone. */
export const roles = ['owner', 'admin', 'manager', 'staff'] as const

/** The languages of mails. */
export const languages = ['en', 'es'] as const

/** The tenant: a merchant. Every other row belongs to one. */
export const accounts = pgTable('accounts', {
  id: bytewise('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
})

/** A person. One person may be a member of several accounts. */
export const users = pgTable(
  'users',
  {
    id: bytewise('id').primaryKey(),
    /** Lower case, trimmed: the form in which e-mail addresses are compared. */
    email: text('email').notNull().unique(),
    name: text('name').notNull(),
    /** argon2id, PHC string. */
    passwordHash: text('password_hash').notNull(),
    passwordChangedAt: at('password_changed_at').notNull().defaultNow(),
    /** Sessions carry the version they were made under; raising it signs out everywhere. */
    sessionVersion: integer('session_version').notNull().default(1),
    /** The language of the mails that they get. */
    language: text('language', { enum: languages }).notNull().default('en'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  () => [check('users_language_check', sql`language in ('en', 'es')`)],
)

export const members = pgTable(
  'members',
  {
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    userId: bytewise('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: text('role', { enum: roles }).notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.userId] }),
    index('members_user_idx').on(t.userId),
    uniqueIndex('members_one_owner_idx').on(t.accountId).where(sql`role = 'owner'`),
    check('members_role_check', sql`role in ('owner', 'admin', 'manager', 'staff')`),
  ],
)
