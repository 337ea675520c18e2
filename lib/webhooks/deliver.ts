import { setTimeout as sleep } from 'node:timers/promises'
import { and, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { webhookAttempts, webhookMessages, webhooks } from '@/db/schema'
import { recordAuditEvent, systemActor } from '../audit'
import type { Egress } from '../egress'
import { newId } from '../ids'
import { log } from '../log'
import { type EventData, recordEvent } from '../notifications/outbox'
import { spread } from '../spread'
import { isVaultError } from '../vault/errors'
import type { Secret } from '../vault/secret'
import type { Vault } from '../vault/vault'
import { AT_ONCE, type Claim, claimMessages } from './claim'
import { type Sent, sendMessage } from './send'
import { isTriedEnough } from './tried-for'
import { sendWaitingNow } from './waiting'

/** Seconds until the next attempt, after the first, the second and so on; then always the last. */
export const PAUSES = [5, 30, 120, 600, 1_800, 3_600, 3 * 3_600] as const

/** One message that is not taken is no sign of a receiver that was down: nothing for so long is. */
const DOWN_MINUTES = 5

/** What messages are sent with. */
export interface WebhookTools {
  db: Database
  vault: Vault
  egress: Pick<Egress, 'request'>
}

/** Milliseconds until more are taken though some of those before are still under way; and until it is looked for news then. */
const NEXT_MS = 100
const NEWS_MS = 1_000

/**
 * Sends the messages that are due. Safe to run twice and on several instances: each message is one worker's at a time. One
 * that was killed between the receiver's yes and our note of it sends it again, with the same `webhook-id`. A receiver that
 * does not answer takes its own room, and nobody waits for it but its own messages.
 * @param options `until`: when to take no more, by `performance.now()`; `meanwhile`: what to do while others are waited for
 * @returns how many were taken
 */
export async function deliverMessages(
  tools: WebhookTools,
  signal?: AbortSignal,
  { until = Number.POSITIVE_INFINITY, meanwhile }: { until?: number; meanwhile?: () => Promise<void> } = {},
): Promise<number> {
  let taken = 0
  const underWay = new Set<Promise<void>>()
  const send = (claimed: Claim) => {
    const sending = deliver(tools, claimed).then((isTaken) => {
      if (isTaken) taken += 1
      underWay.delete(sending)
    })
    underWay.add(sending)
  }
  try {
    while (!signal?.aborted && performance.now() < until) {
      const room = AT_ONCE - underWay.size
      const claims = room > 0 ? await claimMessages(tools.db, room) : []
      for (const one of claims) send(one)
      if (underWay.size === 0) break
      if (claims.length === 0) await meanwhile?.()
      await allOrAfter(underWay, claims.length > 0 ? NEXT_MS : NEWS_MS)
    }
  } finally {
    await Promise.all(underWay)
  }
  return taken
}

/** Waits for all of them, for so long at most. */
async function allOrAfter(underWay: Iterable<Promise<void>>, ms: number): Promise<void> {
  const timer = new AbortController()
  const pause = sleep(ms, undefined, { signal: timer.signal }).catch(() => {})
  await Promise.race([Promise.all(underWay), pause])
  timer.abort()
}

/** Sends one message and notes what became of it. */
async function deliver(tools: WebhookTools, claimed: Claim): Promise<boolean> {
  try {
    const secrets = await secretsOf(tools, claimed)
    const sent = secrets ? await sendMessage(tools.egress, claimed, secrets) : unsigned()
    await note(tools.db, claimed, sent)
    return sent.error === null
  } catch (error) {
    // Of this message, for all we know: its lease ends by itself, and the others are not kept from leaving.
    log.error({ err: error, message: claimed.id }, 'A webhook message could not be sent')
    return false
  }
}

const UNSIGNED = 'It could not be signed'

/** What became of a message that nobody can sign: tried again like another, so that whoever looks after it is told. */
function unsigned(): Sent {
  return { at: new Date(), latencyMs: 0, status: null, error: UNSIGNED, answer: null, retryAfterMs: null }
}

/**
 * The present secret, and the one before while it signs too.
 * @returns null when they are gone, or can't be opened
 */
async function secretsOf({ db, vault }: WebhookTools, claimed: Claim): Promise<Secret[] | null> {
  const { accountId, webhookId: ownerId } = claimed
  try {
    const secrets = await vault.open(db, { accountId, ownerId, field: 'secret' })
    if (!secrets?.current) return null
    if (!secrets.previous) return [secrets.current]
    // Asked after they were opened: they may have been changed since the message was claimed.
    const signs = and(eq(webhooks.id, ownerId), gt(webhooks.previousSecretUntil, sql`now()`))
    const isOverlap = (await db.$count(webhooks, and(eq(webhooks.accountId, accountId), signs))) > 0
    return isOverlap ? [secrets.current, secrets.previous] : [secrets.current]
  } catch (error) {
    if (!isVaultError(error)) throw error
    log.error({ err: error, message: claimed.id }, 'A webhook message could not be signed')
    return null
  }
}

/** Stores a result, unless the lease was lost to another worker, and what it says of the webhook. */
async function note(db: Database, claimed: Claim, { retryAfterMs, ...sent }: Sent): Promise<void> {
  const { id, accountId, webhookId, fence, isLast } = claimed
  const isTaken = sent.error === null
  await db.transaction(async (tx) => {
    // Before the message, as whoever changes the webhook has it.
    const [webhook] = await tx
      .select({
        url: webhooks.url,
        state: webhooks.state,
        isFailing: sql<boolean>`${webhooks.failingSince} is not null`,
        wasDown: sql<boolean>`coalesce(${webhooks.failingSince} < now() - ${DOWN_MINUTES} * interval '1 minute', false)`,
        isGivenUp: isTriedEnough(failingSince, triedSince(accountId, webhookId)),
      })
      .from(webhooks)
      .where(and(eq(webhooks.accountId, accountId), eq(webhooks.id, webhookId)))
      .for('update')
    // What the address before did not take says nothing of the one that was put in its place meanwhile.
    const isElsewhere = !isTaken && webhook !== undefined && webhook.url !== claimed.url
    // Of a test, people wait for the result: it is sent once.
    const isOver = isTaken || claimed.isTest || (isLast && !isElsewhere)
    const pause = isElsewhere ? 0 : pauseMs(claimed.attempts, retryAfterMs)
    const isHeld = and(
      eq(webhookMessages.accountId, accountId),
      eq(webhookMessages.id, id),
      eq(webhookMessages.fence, fence),
      eq(webhookMessages.state, 'waiting'),
    )
    const isAskedForOnce = eq(webhookMessages.attempts, claimed.attempts)
    // It ends now: of a message that goes on waiting this is when it was refused, which the order asks for.
    const leaseUntil = sql`clock_timestamp()`
    let held = await tx
      .update(webhookMessages)
      .set({
        leaseUntil,
        ...(isOver
          ? { state: isTaken ? ('delivered' as const) : ('failed' as const), endedAt: sql`clock_timestamp()` }
          : { dueAt: sql`clock_timestamp() + ${pause}::float8 * interval '1 millisecond'` }),
      })
      .where(and(isHeld, isTaken ? undefined : isAskedForOnce))
      .returning({ id: webhookMessages.id })
    // Asked for again while it was under way, it is due since then, and counted anew.
    if (held.length === 0 && !isTaken) {
      held = await tx.update(webhookMessages).set({ leaseUntil }).where(isHeld).returning({ id: webhookMessages.id })
    }
    if (held.length === 0 || !webhook) return
    await tx.insert(webhookAttempts).values({ id: newId('webhookAttempt'), accountId, messageId: id, ...sent })
    if (isTaken) {
      if (webhook.isFailing) await recovered(tx, claimed, webhook.wasDown)
    } else if (!claimed.isTest && !isElsewhere && webhook.state === 'enabled') {
      if (sent.status === 410 || webhook.isGivenUp) await disable(tx, claimed, sent)
      else await failing(tx, claimed)
    }
  })
}

const failingSince = sql`${webhooks}.failing_since`

/** When a webhook that takes nothing was sent something, from the first that it did not take on. */
function triedSince(accountId: string, webhookId: string): SQL {
  return sql`
    select ${failingSince} as at
    union all
    select a.at from ${webhookMessages} m
      join ${webhookAttempts} a on a.account_id = m.account_id and a.message_id = m.id and a.at > ${failingSince}
    where m.account_id = ${accountId} and m.webhook_id = ${webhookId}
      and (m.ended_at is null or m.ended_at > ${failingSince})`
}

/** Milliseconds until the next attempt: what the receiver asks for, within bounds, and never sooner than our own pause. */
function pauseMs(attempts: number, retryAfterMs: number | null): number {
  const longest = PAUSES[PAUSES.length - 1] as number
  const own = (PAUSES[Math.min(attempts, PAUSES.length) - 1] ?? longest) * 1_000
  return Math.max(spread(own), Math.min(retryAfterMs ?? 0, longest * 1_000))
}

/** It takes messages again. Where it took none for a while, what waited for a later attempt need not wait. */
async function recovered(tx: Database, { accountId, webhookId }: Claim, wasDown: boolean): Promise<void> {
  await tx
    .update(webhooks)
    .set({ failingSince: null })
    .where(and(eq(webhooks.accountId, accountId), eq(webhooks.id, webhookId)))
  if (wasDown) await sendWaitingNow(tx, accountId, webhookId)
}

async function failing(tx: Database, { accountId, webhookId }: Claim): Promise<void> {
  await tx
    .update(webhooks)
    .set({ failingSince: sql`now()` })
    .where(and(eq(webhooks.accountId, accountId), eq(webhooks.id, webhookId), isNull(webhooks.failingSince)))
}

/** Stops what is sent to it and has people told. What comes together meanwhile is kept for it. */
async function disable(
  tx: Database,
  { accountId, webhookId, webhookName, url }: Claim,
  last: Pick<Sent, 'status' | 'error'>,
): Promise<void> {
  const { status } = last
  const cause = causeOf(last)
  const reason =
    cause === 'gone'
      ? 'The receiver answered 410: it does not want to be told any more.'
      : `It has taken nothing for three days. Last: ${last.error}.`
  await tx
    .update(webhooks)
    .set({ state: 'disabled', stateReason: reason, stateSince: sql`now()` })
    .where(and(eq(webhooks.accountId, accountId), eq(webhooks.id, webhookId)))
  await recordAuditEvent(tx, systemActor(accountId), 'webhook.disabled', webhookId, { name: webhookName, reason })
  await recordEvent(tx, accountId, 'webhook.disabled', webhookId, {
    name: webhookName,
    host: new URL(url).host,
    reason,
    cause,
    status,
  })
}

/** Why a webhook is disabled, by what became of its last message. */
function causeOf({ status, error }: Pick<Sent, 'status' | 'error'>): EventData['webhook.disabled']['cause'] {
  if (status === 410) return 'gone'
  if (status !== null) return 'answered'
  return error === UNSIGNED ? 'unsigned' : 'unanswered'
}
