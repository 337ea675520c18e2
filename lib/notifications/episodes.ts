import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { notificationEpisodes } from '@/db/schema'
import { newId } from '../ids'
import { type CredentialKind, isCredentialKind, type OutboxEvent, type Trouble } from './kinds'
import type { EventData } from './outbox'
import { readWhatIsOver } from './read'

/** Days after an episode's begin on which people are reminded of it, while it lasts. */
export const REMINDER_DAYS = [1, 3, 7] as const

/** What people are to be told. */
export type Telling = OutboxEvent & {
  /** The trouble that it is about, or that is over; null: it is about none. */
  episodeId: string | null
  /** The trouble of its credential that is why: whoever is told of that one is not told of two things to mend. */
  consequenceOf?: CredentialKind
}

/** An episode while a batch of events is applied to it. */
interface Episode {
  id: string
  subjectId: string
  trouble: Trouble
  stage: string
  data: Record<string, unknown>
  provider: string | null
  isOpen: boolean
  /** What is still to be written. */
  change: 'insert' | 'update' | null
}

/**
 * Notes events, in their order, in the account's episodes. The caller has locked the account.
 * @returns what people are to be told: not what they know already
 */
export async function applyToEpisodes(
  tx: Database,
  accountId: string,
  events: readonly OutboxEvent[],
): Promise<Telling[]> {
  const subjectIds = events.filter(({ kind }) => isCredentialKind(kind)).map(({ subjectId }) => subjectId)
  const touched = await readOpen(tx, accountId, subjectIds)
  const open = new Map(touched.map((episode) => [placeOf(episode), episode]))
  const tellings: Telling[] = []

  for (const event of events) {
    const { kind, subjectId } = event
    if (!isCredentialEvent(event)) {
      tellings.push({ ...event, episodeId: null })
      continue
    }
    const trouble = troubleOf(event)
    const place = placeOf({ subjectId, trouble })
    let episode = open.get(place)
    if (event.kind === 'credential.renewal_recovered') {
      if (!episode) continue
      open.delete(place)
      episode.isOpen = false
      episode.change ??= 'update'
    } else {
      if (episode && !isNews(episode, event)) continue
      const told = { stage: kind, data: event.data as unknown as Record<string, unknown> }
      if (episode) Object.assign(episode, told, { change: episode.change ?? 'update' })
      else {
        const { provider } = event.data
        episode = { id: newId('episode'), subjectId, trouble, provider, isOpen: true, change: 'insert', ...told }
        touched.push(episode)
        open.set(place, episode)
      }
    }
    tellings.push({ ...event, episodeId: episode.id })
  }
  await write(tx, accountId, touched)
  return tellings
}

/** Marks of which trouble of its credential it is the consequence that the calls through an integration fail. */
export async function markConsequences(
  tx: Database,
  accountId: string,
  tellings: readonly Telling[],
): Promise<Telling[]> {
  const credentialOf = (telling: Telling) =>
    telling.kind === 'integration.failing' && isOfCredential(telling.data) ? telling.data.credentialId : null
  const credentialIds = tellings.flatMap((telling) => credentialOf(telling) ?? [])
  const open = await readOpen(tx, accountId, credentialIds)
  // A secret that is about to end is not why calls fail by now.
  const troubles = new Map(
    open
      .filter(({ trouble }) => trouble === 'renewal')
      .map(({ subjectId, stage }) => [subjectId, stage as CredentialKind]),
  )
  return tellings.map((telling) => {
    const consequenceOf = troubles.get(credentialOf(telling) ?? '')
    return consequenceOf ? { ...telling, consequenceOf } : telling
  })
}

/** Whether calls fail in a way that a credential's trouble explains: a service that is down is another thing to mend. */
function isOfCredential({ outcome, status }: EventData['integration.failing']): boolean {
  return outcome === 'token_unavailable' || (outcome === 'answered' && status === 401)
}

type CredentialEvent = Extract<OutboxEvent, { kind: CredentialKind }>

function isCredentialEvent(event: OutboxEvent): event is CredentialEvent {
  return isCredentialKind(event.kind)
}

const placeOf = ({ subjectId, trouble }: { subjectId: string; trouble: Trouble }) => `${subjectId} ${trouble}`

function troubleOf(event: CredentialEvent): Trouble {
  if (event.kind !== 'credential.expiring') return 'renewal'
  return event.data.what === 'secret' ? 'secret_end' : 'refresh_token_end'
}

/** Whether an event changes an open episode so that people have to know; more of the same is no news. */
function isNews(open: Episode, event: CredentialEvent): boolean {
  if (event.kind !== 'credential.expiring') {
    // It got worse: nobody can help it but a person. The other way round nobody need know.
    return event.kind === 'credential.reauthorization_required' && open.stage !== event.kind
  }
  const told = open.data as unknown as EventData['credential.expiring']
  return told.expiresAt !== event.data.expiresAt || told.daysLeft > event.data.daysLeft
}

async function readOpen(tx: Database, accountId: string, subjectIds: string[]): Promise<Episode[]> {
  if (subjectIds.length === 0) return []
  const { id, subjectId, trouble, stage, data, provider } = notificationEpisodes
  const rows = await tx
    .select({ id, subjectId, trouble, stage, data, provider })
    .from(notificationEpisodes)
    .where(
      and(
        eq(notificationEpisodes.accountId, accountId),
        inArray(subjectId, [...new Set(subjectIds)]),
        isNull(notificationEpisodes.closedAt),
      ),
    )
  return rows.map((row) => ({ ...row, isOpen: true, change: null }))
}

async function write(tx: Database, accountId: string, episodes: readonly Episode[]): Promise<void> {
  const now = sql`now()`
  const opened = episodes.filter(({ change }) => change === 'insert')
  if (opened.length > 0) {
    await tx.insert(notificationEpisodes).values(
      opened.map(({ isOpen, change: _, ...episode }) => ({
        ...episode,
        accountId,
        closedAt: isOpen ? null : now,
        // Warnings of an end come 14, 3 and 1 days ahead: they are their own reminders.
        remindAt:
          isOpen && episode.trouble === 'renewal' ? sql`now() + ${REMINDER_DAYS[0]} * interval '24 hours'` : null,
      })),
    )
  }
  for (const { id, isOpen, stage, data, change } of episodes) {
    if (change !== 'update' || !isOpen) continue
    await tx
      .update(notificationEpisodes)
      .set({ stage, data })
      .where(and(eq(notificationEpisodes.accountId, accountId), eq(notificationEpisodes.id, id)))
  }
  const over = episodes.filter(({ change, isOpen }) => change === 'update' && !isOpen)
  await closeEpisodes(
    tx,
    accountId,
    over.map(({ id }) => id),
  )
}

/** Ends episodes: no reminder of them, and no mail that has not left yet. */
export async function closeEpisodes(tx: Database, accountId: string, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(notificationEpisodes)
    .set({ closedAt: sql`now()`, remindAt: null })
    .where(and(eq(notificationEpisodes.accountId, accountId), inArray(notificationEpisodes.id, ids)))
  await readWhatIsOver(tx, accountId, ids)
}

/**
 * Ends all that is wrong with a credential, since it is deleted, or has no tokens any more that something could be wrong with.
 * In the transaction that does that.
 */
export async function closeEpisodesOf(tx: Database, accountId: string, credentialId: string): Promise<void> {
  const { id, subjectId, closedAt } = notificationEpisodes
  const open = await tx
    .select({ id })
    .from(notificationEpisodes)
    .where(and(eq(notificationEpisodes.accountId, accountId), eq(subjectId, credentialId), isNull(closedAt)))
  await closeEpisodes(
    tx,
    accountId,
    open.map((episode) => episode.id),
  )
}
