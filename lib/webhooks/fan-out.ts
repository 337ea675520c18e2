import { eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { webhookMessages, webhooks } from '@/db/schema'
import { newId } from '../ids'
import { allEventKinds } from '../notifications/kinds'
import { type TakenEvent, takeEvents } from '../notifications/take-events'
import { messageOf } from './types'

/** Rows in one insert. */
const CHUNK = 500

/**
 * Makes messages of what happened, one for each webhook that wants it. May run anywhere, any number of times.
 * @returns how many messages were made
 * @throws the first failure, when all that could be done is done
 */
export async function fanOut(db: Database, signal?: AbortSignal): Promise<number> {
  let made = 0
  const work = async (tx: Database, accountId: string, events: TakenEvent[]) => {
    made += await makeMessages(tx, accountId, events)
  }
  await takeEvents(db, { mark: 'fannedOutAt', kinds: allEventKinds, work }, signal)
  return made
}

async function makeMessages(tx: Database, accountId: string, events: TakenEvent[]): Promise<number> {
  // What a webhook that is paused or disabled wants is kept for it.
  const wanting = await tx
    .select({ id: webhooks.id, eventTypes: webhooks.eventTypes, createdAt: webhooks.createdAt })
    .from(webhooks)
    .where(eq(webhooks.accountId, accountId))
    // None is deleted before its messages are there: they would refer to nothing.
    .for('key share')
  const messages = events.flatMap((event) => {
    const message = messageOf(event.kind, event.subjectId, event.data)
    if (!message) return []
    const payload = { type: message.type, timestamp: event.createdAt.toISOString(), data: message.data }
    return wanting
      .filter(({ eventTypes, createdAt }) => createdAt <= event.createdAt && wants(eventTypes, message.type))
      .map(({ id: webhookId }) => ({
        id: newId('webhookMessage'),
        accountId,
        webhookId,
        eventId: event.id,
        type: message.type,
        subjectId: event.subjectId,
        payload,
        createdAt: event.createdAt,
      }))
  })
  for (let start = 0; start < messages.length; start += CHUNK) {
    await tx
      .insert(webhookMessages)
      .values(messages.slice(start, start + CHUNK))
      .onConflictDoNothing()
  }
  return messages.length
}

function wants(eventTypes: string[] | null, type: string): boolean {
  return eventTypes === null || eventTypes.includes(type)
}
