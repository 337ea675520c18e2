import { sql } from 'drizzle-orm'
import {
  boolean,
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
import { actorKinds } from './api-keys'
import { at, bytewise, sending } from './columns'

/** disabled: by Fenicia, since nobody took what was sent. */
export const webhookStates = ['enabled', 'paused', 'disabled'] as const

/** An address that wants to be told of events. What it is signed with is in the vault. */
export const webhooks = pgTable(
  'webhooks',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    url: text('url').notNull(),
    /** Public event types; null: all. */
    eventTypes: text('event_types').array(),
    state: text('state', { enum: webhookStates }).notNull().default('enabled'),
    /** Why it was disabled. */
    stateReason: text('state_reason'),
    stateSince: at('state_since').notNull().defaultNow(),
    /** Since when nothing was taken; null: the last message was. */
    failingSince: at('failing_since'),
    /** Until when the secret before the present one signs too. */
    previousSecretUntil: at('previous_secret_until'),
    createdAt: at('created_at').notNull().defaultNow(),
    createdByKind: text('created_by_kind', { enum: actorKinds }).notNull(),
    createdById: bytewise('created_by_id'),
    createdByName: text('created_by_name').notNull(),
  },
  (t) => [
    unique('webhooks_account_id_key').on(t.accountId, t.id),
    index('webhooks_account_idx').on(t.accountId, t.createdAt),
    check('webhooks_state_check', sql`state in ('enabled', 'paused', 'disabled')`),
  ],
)

export const webhookMessageStates = ['waiting', 'delivered', 'failed'] as const

/** An event on its way to one webhook. */
export const webhookMessages = pgTable(
  'webhook_messages',
  {
    /** The `webhook-id` of every attempt. */
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id').notNull(),
    webhookId: bytewise('webhook_id').notNull(),
    /** The event in the outbox; of a test, the message's own id. */
    eventId: bytewise('event_id').notNull(),
    type: text('type').notNull(),
    /** What it happened to: messages of one subject go out in their order. */
    subjectId: bytewise('subject_id').notNull(),
    /** The body, as it is sent. */
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    state: text('state', { enum: webhookMessageStates }).notNull().default('waiting'),
    isTest: boolean('is_test').notNull().default(false),
    createdAt: at('created_at').notNull().defaultNow(),
    dueAt: at('due_at').notNull().defaultNow(),
    ...sending(),
  },
  (t) => [
    unique('webhook_messages_account_id_key').on(t.accountId, t.id),
    uniqueIndex('webhook_messages_event_idx').on(t.webhookId, t.eventId),
    index('webhook_messages_due_idx').on(t.dueAt).where(sql`state = 'waiting'`),
    index('webhook_messages_order_idx').on(t.webhookId, t.subjectId, t.eventId).where(sql`state = 'waiting'`),
    index('webhook_messages_list_idx').on(t.accountId, t.webhookId, t.id),
    index('webhook_messages_created_idx').on(t.createdAt),
    foreignKey({ columns: [t.accountId, t.webhookId], foreignColumns: [webhooks.accountId, webhooks.id] }).onDelete(
      'cascade',
    ),
    check('webhook_messages_state_check', sql`state in ('waiting', 'delivered', 'failed')`),
  ],
)

/** One time that a message was sent. */
export const webhookAttempts = pgTable(
  'webhook_attempts',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id').notNull(),
    messageId: bytewise('message_id').notNull(),
    at: at('at').notNull(),
    latencyMs: integer('latency_ms').notNull(),
    /** Null: there was no answer. */
    status: integer('status'),
    /** Why it does not count as taken. */
    error: text('error'),
    /** The beginning of the receiver's answer. */
    answer: text('answer'),
  },
  (t) => [
    index('webhook_attempts_message_idx').on(t.accountId, t.messageId, t.id),
    foreignKey({
      columns: [t.accountId, t.messageId],
      foreignColumns: [webhookMessages.accountId, webhookMessages.id],
    }).onDelete('cascade'),
  ],
)
