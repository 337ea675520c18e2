import { sql } from 'drizzle-orm'
import { foreignKey, index, pgTable, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { accounts } from './accounts'
import { at, bytewise } from './columns'

/**
 * The keys that an account's secrets are sealed with, each wrapped by a master key, which is in no table. Deleting an
 * account deletes its data keys, and with them what any copy of its secrets is worth.
 */
export const dataKeys = pgTable(
  'data_keys',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** Which master key wraps it, as its JWE says too. */
    masterKid: bytewise('master_kid').notNull(),
    /** JWE compact, A256GCMKW. */
    wrapped: bytewise('wrapped').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    /** Seals nothing any more; kept until all that it sealed has been sealed anew. */
    retiredAt: at('retired_at'),
  },
  (t) => [
    unique('data_keys_account_id_key').on(t.accountId, t.id),
    uniqueIndex('data_keys_active_idx').on(t.accountId).where(sql`retired_at is null`),
    index('data_keys_master_idx').on(t.masterKid),
  ],
)

/** What is sealed: the secrets of a credential, or what renewal keeps current. Apart from what lists read, on purpose. */
export const vaultItems = pgTable(
  'vault_items',
  {
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** Whose it is, such as `cred_…`. */
    ownerId: bytewise('owner_id').notNull(),
    /** Which of the owner's values. */
    field: text('field', { enum: ['secret', 'tokens'] }).notNull(),
    dataKeyId: bytewise('data_key_id').notNull(),
    /** JWE compact, `dir` with A256GCM; its header names account, owner, field and data key. */
    sealed: bytewise('sealed').notNull(),
    sealedAt: at('sealed_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.ownerId, t.field] }),
    index('vault_items_data_key_idx').on(t.dataKeyId),
    // No cascade: a data key that still seals something can't be deleted.
    foreignKey({ columns: [t.accountId, t.dataKeyId], foreignColumns: [dataKeys.accountId, dataKeys.id] }),
  ],
)
