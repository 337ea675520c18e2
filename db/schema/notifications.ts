import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { accounts, members } from './accounts'
import { at, bytewise, sending } from './columns'
import { personalMails } from './people'

/** What may be wrong with a credential for a while: its renewal fails, or something that it needs comes to its end. */
export const troubles = ['renewal', 'secret_end', 'refresh_token_end'] as const

/**
 * A trouble from its first event to its end, however many failures that is. People are told once of an episode, and once
 * more when it gets worse; then it is the reminders' turn.
 */
export const notificationEpisodes = pgTable(
  'notification_episodes',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    trouble: text('trouble', { enum: troubles }).notNull(),
    /** The credential, which may be gone by now. */
    subjectId: bytewise('subject_id').notNull(),
    provider: text('provider'),
    /** The kind of event that people were last told by. */
    stage: text('stage').notNull(),
    /** That event's facts. */
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    openedAt: at('opened_at').notNull().defaultNow(),
    /** Null: it lasts. */
    closedAt: at('closed_at'),
    reminders: integer('reminders').notNull().default(0),
    /** Null: no more reminders. */
    remindAt: at('remind_at'),
  },
  (t) => [
    unique('notification_episodes_account_id_key').on(t.accountId, t.id),
    uniqueIndex('notification_episodes_open_idx').on(t.accountId, t.subjectId, t.trouble).where(sql`closed_at is null`),
    index('notification_episodes_remind_idx').on(t.remindAt).where(sql`closed_at is null and remind_at is not null`),
    index('notification_episodes_closed_idx').on(t.closedAt).where(sql`closed_at is not null`),
    check('notification_episodes_trouble_check', sql`trouble in ('renewal', 'secret_end', 'refresh_token_end')`),
  ],
)

/**
 * What one person is told: one thing, or several of a kind and provider that happened shortly after each other. It is read
 * in the app, sent by mail, or both, as the person prefers.
 */
export const notifications = pgTable(
  'notifications',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id').notNull(),
    userId: bytewise('user_id').notNull(),
    /** The kind of event. */
    kind: text('kind').notNull(),
    provider: text('provider'),
    /** Which reminder it is; 0: none, but news. */
    reminder: integer('reminder').notNull().default(0),
    /** Of what comes first: the only one, where `count` is 1. */
    subjectId: bytewise('subject_id').notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    count: integer('count').notNull(),
    /** Until when more of the kind is added to it. */
    collectsUntil: at('collects_until').notNull(),
    /** Whether it is listed in the app. */
    inApp: boolean('in_app').notNull(),
    readAt: at('read_at'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [
    unique('notifications_account_id_key').on(t.accountId, t.id),
    index('notifications_person_idx').on(t.accountId, t.userId, t.id),
    index('notifications_unread_idx').on(t.accountId, t.userId).where(sql`in_app and read_at is null`),
    index('notifications_created_idx').on(t.createdAt),
    foreignKey({ columns: [t.accountId, t.userId], foreignColumns: [members.accountId, members.userId] }).onDelete(
      'cascade',
    ),
  ],
)

/** One of the things that a notification tells of. */
export const notificationItems = pgTable(
  'notification_items',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id').notNull(),
    notificationId: bytewise('notification_id').notNull(),
    /** Null: it is no trouble that lasts. */
    episodeId: bytewise('episode_id'),
    subjectId: bytewise('subject_id').notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
  },
  (t) => [
    index('notification_items_notification_idx').on(t.accountId, t.notificationId, t.id),
    index('notification_items_episode_idx').on(t.accountId, t.episodeId),
    foreignKey({
      columns: [t.accountId, t.notificationId],
      foreignColumns: [notifications.accountId, notifications.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.accountId, t.episodeId],
      foreignColumns: [notificationEpisodes.accountId, notificationEpisodes.id],
    }).onDelete('cascade'),
  ],
)

/** dropped: when its turn came there was nothing to tell any more, or nobody to tell it. */
export const deliveryStates = ['waiting', 'sent', 'failed', 'dropped'] as const

/** A mail on its way: of a notification, or a personal one. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: bytewise('id').primaryKey(),
    accountId: bytewise('account_id').notNull(),
    /** What it tells of; null: it is a personal mail. */
    notificationId: bytewise('notification_id'),
    /** The personal mail; null: it is of a notification. */
    personalMailId: bytewise('personal_mail_id'),
    state: text('state', { enum: deliveryStates }).notNull().default('waiting'),
    /** When it is to be sent, or tried again. */
    dueAt: at('due_at').notNull(),
    ...sending(),
    /** What the mail server answered last, or why it was not reached. */
    answer: text('answer'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('deliveries_notification_idx').on(t.accountId, t.notificationId),
    uniqueIndex('deliveries_personal_mail_idx').on(t.accountId, t.personalMailId),
    index('deliveries_due_idx').on(t.dueAt).where(sql`state = 'waiting'`),
    foreignKey({
      columns: [t.accountId, t.notificationId],
      foreignColumns: [notifications.accountId, notifications.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.accountId, t.personalMailId],
      foreignColumns: [personalMails.accountId, personalMails.id],
    }).onDelete('cascade'),
    check('deliveries_mail_check', sql`num_nonnulls(notification_id, personal_mail_id) = 1`),
    check('deliveries_state_check', sql`state in ('waiting', 'sent', 'failed', 'dropped')`),
  ],
)

/** How a person of an account wants to hear of one kind of event. No row: by all ways. */
export const notificationPreferences = pgTable(
  'notification_preferences',
  {
    accountId: bytewise('account_id').notNull(),
    userId: bytewise('user_id').notNull(),
    kind: text('kind').notNull(),
    email: boolean('email').notNull(),
    inApp: boolean('in_app').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.userId, t.kind] }),
    foreignKey({ columns: [t.accountId, t.userId], foreignColumns: [members.accountId, members.userId] }).onDelete(
      'cascade',
    ),
  ],
)
