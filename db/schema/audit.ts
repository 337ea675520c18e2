import { bigint, index, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { accounts } from './accounts'
import { actorKinds } from './api-keys'
import { at, bytewise } from './columns'

// What holds these tables together – nothing is changed, and every event is a link of its account's chain when its
// transaction ends – is done by triggers, which are written by hand in the migrations. See docs/decisions/0023.

/** The hash before an account's first event. */
export const GENESIS = '0'.repeat(64)

/**
 * What happened, written in the transaction that made it happen. Never holds a secret. Written by the database's function
 * `append_audit_events` alone; a plain INSERT, UPDATE, DELETE or TRUNCATE is refused.
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    at: at('at').notNull().defaultNow(),
    action: text('action').notNull(),
    actorKind: text('actor_kind', { enum: actorKinds }).notNull(),
    actorId: bytewise('actor_id'),
    actorName: text('actor_name').notNull(),
    targetKind: text('target_kind').notNull(),
    targetId: bytewise('target_id').notNull(),
    address: text('address'),
    userAgent: text('user_agent'),
    requestId: bytewise('request_id'),
    details: jsonb('details').$type<Record<string, unknown>>().notNull(),
  },
  // One for each way in which the list is narrowed, each in the list's own order.
  (t) => [
    index('audit_events_account_idx').on(t.accountId, t.at, t.id),
    index('audit_events_target_idx').on(t.accountId, t.targetId, t.at, t.id),
    index('audit_events_kind_idx').on(t.accountId, t.targetKind, t.at, t.id),
    index('audit_events_actor_idx').on(t.accountId, t.actorId, t.at, t.id),
    index('audit_events_address_idx').on(t.accountId, t.address, t.at, t.id),
  ],
)

/** How far the chain of an account's events goes: its end, and what retention has cut from its beginning. */
export const auditChains = pgTable('audit_chains', {
  accountId: bytewise('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  /** Number and hash of the last link. */
  seq: bigint('seq', { mode: 'number' }).notNull().default(0),
  hash: bytewise('hash').notNull().default(GENESIS),
  /** Number and hash of the last link that was cut off; what stands up to it is gone, or about to be. */
  cutSeq: bigint('cut_seq', { mode: 'number' }).notNull().default(0),
  cutHash: bytewise('cut_hash').notNull().default(GENESIS),
})

/** The chain of an account's events, in the order in which their transactions ended. Numbers have no gaps. */
export const auditLinks = pgTable(
  'audit_links',
  {
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    eventId: bytewise('event_id').notNull(),
    /** The hash of the link before. */
    previous: bytewise('previous').notNull(),
    /** SHA-256 of `previous` and the event, see `lib/audit/chain.ts`; hexadecimal. */
    hash: bytewise('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.seq] }), unique('audit_links_event_key').on(t.accountId, t.eventId)],
)

/** How far the chain went on a day, to be held against it later. */
export const auditCheckpoints = pgTable(
  'audit_checkpoints',
  {
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    hash: bytewise('hash').notNull(),
    at: at('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.seq] })],
)
