import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { at, bytewise, rowVersion } from './columns'

/** The roles of DESIGN.md, strongest first. What each may do is decided in `lib/accounts/permissions.ts` alone. */
export const roles = ['owner', 'admin', 'manager', 'staff'] as const

/** What a member's row says: one of Fenicia's own roles, or that the account made its own, which `customRoleId` names. */
export const memberRoles = [...roles, 'custom'] as const

/** The languages of mails. */
export const languages = ['en', 'es'] as const

/** The tenant: a merchant. Every other row belongs to one. */
export const accounts = pgTable('accounts', {
  id: bytewise('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
})

/**
 * One row, whose version triggers make anew when any account changes its name or the addresses that its keys may be used from:
 * what is said of a key beside the key's own row. One for all accounts, since these change seldom and are asked about with
 * every request.
 */
export const accountChanges = pgTable(
  'account_changes',
  { single: boolean('single').primaryKey().default(true), rowVersion: rowVersion() },
  () => [check('account_changes_single_check', sql`single`)],
)

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

/** A role that an account made for itself: a name for some permissions. */
export const customRoles = pgTable(
  'custom_roles',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** In the form in which names are compared. */
    nameHeld: text('name_held').notNull(),
    /** For whom it is meant; may be empty. */
    description: text('description').notNull(),
    /** Of those of `lib/accounts/permissions.ts`; whatever else stands here allows nothing. */
    permissions: text('permissions').array().notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [
    unique('custom_roles_account_id_key').on(t.accountId, t.id),
    uniqueIndex('custom_roles_name_held_idx').on(t.accountId, t.nameHeld),
  ],
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
    role: text('role', { enum: memberRoles }).notNull(),
    /** Which of the account's own roles; null unless `role` is `custom`. */
    customRoleId: bytewise('custom_role_id'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.userId] }),
    index('members_user_idx').on(t.userId),
    uniqueIndex('members_one_owner_idx').on(t.accountId).where(sql`role = 'owner'`),
    index('members_custom_role_idx').on(t.accountId, t.customRoleId),
    // No cascade: whoever deletes a role says which one its people have from then on.
    foreignKey({
      name: 'members_custom_role_fk',
      columns: [t.accountId, t.customRoleId],
      foreignColumns: [customRoles.accountId, customRoles.id],
    }),
    check('members_role_check', sql`role in ('owner', 'admin', 'manager', 'staff', 'custom')`),
    check('members_custom_role_check', sql`(role = 'custom') = (custom_role_id is not null)`),
  ],
)
