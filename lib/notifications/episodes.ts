import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { notificationEpisodes } from '@/db/schema'
import { newId } from '../ids'
import type { OutboxEvent, Trouble } from './kinds'
import type { EventData } from './outbox'
import { readWhatIsOver } from './read'

/** Days after an episode's begin on which people are reminded of it, while it lasts. */
export const REMINDER_DAYS = [1, 3, 7] as const

/** What people are to be told. */
export type Telling = OutboxEvent & {
  /** The trouble that it is about, or that is over; null: it is about none. */
  episodeId: string | null
}

/**
 * Notes an event of a credential in the account's episodes. The caller has locked the account.
 * @returns what people are to be told; null: they know already, or there is nothing to know
 */
export async function applyToEpisodes(tx: Database, accountId: string, event: OutboxEvent): Promise<Telling | null> {
  switch (event.kind) {
    case 'credential.reauthorization_required':
    case 'credential.renewal_failing':
      return enter(tx, accountId, event, 'renewal', (open) => {
        // It got worse: nobody can help it but a person. The other way round is no news, nor is more of the same.
        return event.kind === 'credential.reauthorization_required' && open.stage !== event.kind
      })
    case 'credential.expiring': {
      const trouble = event.data.what === 'secret' ? 'secret_end' : 'refresh_token_end'
      return enter(tx, accountId, event, trouble, (open) => {
        const told = open.data as unknown as EventData['credential.expiring']
        return told.expiresAt !== event.data.expiresAt || told.daysLeft > event.data.daysLeft
      })
    }
    case 'credential.renewal_recovered': {
      const open = await findOpen(tx, accountId, event.subjectId, 'renewal')
      if (!open) return null
      await closeEpisode(tx, accountId, open.id)
      return { ...event, episodeId: open.id }
    }
    default:
      return { ...event, episodeId: null }
  }
}

type Episode = typeof notificationEpisodes.$inferSelect
type TroubleEvent = Exclude<OutboxEvent, { kind: 'credential.renewal_recovered' | `api_key.${string}` }>

/** Opens an episode, or changes the open one where that is news. Its reminders go on as they were: it does not start over. */
async function enter(
  tx: Database,
  accountId: string,
  event: TroubleEvent,
  trouble: Trouble,
  isNews: (open: Episode) => boolean,
): Promise<Telling | null> {
  const told = { stage: event.kind, data: event.data as unknown as Record<string, unknown> }
  const open = await findOpen(tx, accountId, event.subjectId, trouble)
  if (open) {
    if (!isNews(open)) return null
    await tx
      .update(notificationEpisodes)
      .set(told)
      .where(and(eq(notificationEpisodes.accountId, accountId), eq(notificationEpisodes.id, open.id)))
    return { ...event, episodeId: open.id }
  }
  const id = newId('episode')
  await tx.insert(notificationEpisodes).values({
    ...told,
    id,
    accountId,
    trouble,
    subjectId: event.subjectId,
    provider: event.data.provider,
    // Warnings of an end come 14, 3 and 1 days ahead: they are their own reminders.
    remindAt: trouble === 'renewal' ? sql`now() + ${REMINDER_DAYS[0]} * interval '24 hours'` : null,
  })
  return { ...event, episodeId: id }
}

async function findOpen(
  tx: Database,
  accountId: string,
  subjectId: string,
  trouble: Trouble,
): Promise<Episode | undefined> {
  const [open] = await tx
    .select()
    .from(notificationEpisodes)
    .where(
      and(
        eq(notificationEpisodes.accountId, accountId),
        eq(notificationEpisodes.subjectId, subjectId),
        eq(notificationEpisodes.trouble, trouble),
        isNull(notificationEpisodes.closedAt),
      ),
    )
  return open
}

/** Ends an episode: no reminder of it, and no mail that has not left yet. */
export async function closeEpisode(tx: Database, accountId: string, id: string): Promise<void> {
  await tx
    .update(notificationEpisodes)
    .set({ closedAt: sql`now()`, remindAt: null })
    .where(and(eq(notificationEpisodes.accountId, accountId), eq(notificationEpisodes.id, id)))
  await readWhatIsOver(tx, accountId, id)
}
