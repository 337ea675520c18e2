import { and, asc, count, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { webhookAttempts, webhookMessages, webhooks } from '@/db/schema'
import { type Actor, recordAuditEvent } from '../audit'
import { Refusal } from '../errors'
import { isId, newId } from '../ids'
import { webhookNotFound } from './save'
import type { WebhookType } from './types'

/** A webhook as people see it: never with its secret. */
export type WebhookView = Omit<typeof webhooks.$inferSelect, 'accountId'>

export interface WebhookWithCounts extends WebhookView {
  /** Messages that wait to be sent, or to be sent again. */
  waiting: number
}

export type MessageView = Omit<typeof webhookMessages.$inferSelect, 'accountId' | 'fence' | 'leaseUntil'> & {
  attemptsMade: Omit<typeof webhookAttempts.$inferSelect, 'accountId' | 'messageId'>[]
}

/** The webhooks of an account, the oldest first. */
export async function listWebhooks(db: Database, accountId: string): Promise<WebhookWithCounts[]> {
  const rows = await db
    .select()
    .from(webhooks)
    .where(eq(webhooks.accountId, accountId))
    .orderBy(asc(webhooks.createdAt))
  const waiting = await db
    .select({ webhookId: webhookMessages.webhookId, waiting: count() })
    .from(webhookMessages)
    .where(and(eq(webhookMessages.accountId, accountId), eq(webhookMessages.state, 'waiting')))
    .groupBy(webhookMessages.webhookId)
  return rows.map(({ accountId: _, ...row }) => ({
    ...row,
    waiting: waiting.find(({ webhookId }) => webhookId === row.id)?.waiting ?? 0,
  }))
}

/** @throws {Refusal} `not_found` */
export async function getWebhook(db: Database, accountId: string, id: string): Promise<WebhookView> {
  if (!isId('webhook', id)) throw webhookNotFound()
  const [row] = await db
    .select()
    .from(webhooks)
    .where(and(eq(webhooks.accountId, accountId), eq(webhooks.id, id)))
  if (!row) throw webhookNotFound()
  const { accountId: _, ...view } = row
  return view
}

export interface MessageQuery {
  state?: MessageView['state']
  type?: WebhookType
  /** The last message of the page before. */
  before?: string
  limit?: number
}

/** Messages to a webhook with what became of each attempt, the newest first. */
export async function listMessages(
  db: Database,
  accountId: string,
  webhookId: string,
  { state, type, before, limit = 25 }: MessageQuery = {},
): Promise<{ messages: MessageView[]; next: string | null }> {
  const rows = await db
    .select()
    .from(webhookMessages)
    .where(
      and(
        eq(webhookMessages.accountId, accountId),
        eq(webhookMessages.webhookId, webhookId),
        state && eq(webhookMessages.state, state),
        type && eq(webhookMessages.type, type),
        before === undefined ? undefined : lt(webhookMessages.id, before),
      ),
    )
    .orderBy(desc(webhookMessages.id))
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  return {
    messages: await withAttempts(db, accountId, page),
    next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  }
}

/**
 * A message with what became of each attempt.
 * @throws {Refusal} `not_found`
 */
export async function getMessage(db: Database, accountId: string, id: string): Promise<MessageView> {
  const rows = await db
    .select()
    .from(webhookMessages)
    .where(and(eq(webhookMessages.accountId, accountId), eq(webhookMessages.id, id)))
  const [message] = await withAttempts(db, accountId, rows)
  if (!message) throw messageNotFound()
  return message
}

async function withAttempts(
  db: Database,
  accountId: string,
  page: (typeof webhookMessages.$inferSelect)[],
): Promise<MessageView[]> {
  const made = page.length
    ? await db
        .select()
        .from(webhookAttempts)
        .where(
          and(
            eq(webhookAttempts.accountId, accountId),
            inArray(
              webhookAttempts.messageId,
              page.map(({ id }) => id),
            ),
          ),
        )
        .orderBy(desc(webhookAttempts.id))
    : []
  return page.map(({ accountId: _, fence: __, leaseUntil: ___, ...message }) => ({
    ...message,
    attemptsMade: made
      .filter(({ messageId }) => messageId === message.id)
      .map(({ accountId: _, messageId: __, ...attempt }) => attempt),
  }))
}

function messageNotFound(): Refusal {
  return new Refusal('not_found', 'There is no such message any more.')
}

/**
 * Sends a message once more, with the same `webhook-id`, whatever became of it; one that waits for a later attempt goes now.
 * @throws {Refusal} `not_found`
 */
export async function replayMessage(db: Database, actor: Actor, id: string): Promise<void> {
  if (!isId('webhookMessage', id)) throw messageNotFound()
  const { accountId } = actor
  const ofIt = and(eq(webhookMessages.accountId, accountId), eq(webhookMessages.id, id))
  await db.transaction(async (tx) => {
    const [message] = await tx.select().from(webhookMessages).where(ofIt).for('update')
    if (!message) throw messageNotFound()
    // Counted anew, so that it is tried for three days again.
    await tx
      .update(webhookMessages)
      .set({ state: 'waiting', dueAt: sql`now()`, createdAt: sql`now()`, attempts: 0, endedAt: null, isTest: false })
      .where(ofIt)
    await recordAuditEvent(tx, actor, 'webhook.replayed', message.webhookId, { message: id, type: message.type })
  })
}

/**
 * Has a message sent that tells of nothing, to see whether it arrives. It is sent once.
 * @returns the message's id
 * @throws {Refusal} `not_found`
 */
export async function sendTestMessage(db: Database, actor: Actor, webhookId: string): Promise<string> {
  if (!isId('webhook', webhookId)) throw webhookNotFound()
  const { accountId } = actor
  const id = newId('webhookMessage')
  await db.transaction(async (tx) => {
    const [webhook] = await tx
      .select({ name: webhooks.name })
      .from(webhooks)
      .where(and(eq(webhooks.accountId, accountId), eq(webhooks.id, webhookId)))
      // It is not deleted before its message is there, which would refer to nothing.
      .for('key share')
    if (!webhook) throw webhookNotFound()
    const { name } = webhook
    await tx.insert(webhookMessages).values({
      id,
      accountId,
      webhookId,
      eventId: id,
      type: 'webhook.test',
      subjectId: webhookId,
      payload: { type: 'webhook.test', timestamp: new Date().toISOString(), data: { id: webhookId, name } },
      isTest: true,
    })
    await recordAuditEvent(tx, actor, 'webhook.tested', webhookId, { name })
  })
  return id
}

const KEEP_DAYS = 30
const PRUNE_STEP = 5_000

/** Deletes messages that are older than 30 days, in steps that hold nothing up. */
export async function pruneMessages(db: Database, signal?: AbortSignal): Promise<number> {
  let pruned = 0
  while (!signal?.aborted) {
    const old = db
      .select({ id: webhookMessages.id })
      .from(webhookMessages)
      .where(lt(webhookMessages.createdAt, sql`now() - ${KEEP_DAYS} * interval '1 day'`))
      .limit(PRUNE_STEP)
    const gone = await db
      .delete(webhookMessages)
      .where(inArray(webhookMessages.id, old))
      .returning({ id: webhookMessages.id })
    pruned += gone.length
    if (gone.length < PRUNE_STEP) break
  }
  return pruned
}
