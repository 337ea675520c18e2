import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { credentials, notificationEpisodes, oauthConnections, outboxEvents } from '@/db/schema'
import { isId } from '../../ids'
import { recordEvent } from '../../notifications/outbox'
import type { TokenOwner } from '../stored-tokens'

/** What people are told of a credential with the news; null: it is a draft, or gone, and nobody is told. */
async function factsOf(tx: Database, owner: TokenOwner) {
  if (!isId('credential', owner.ownerId)) return null
  const { name, environment, provider, createdByKind: kind, createdById } = credentials
  const [row] = await tx
    .select({ name, environment, provider, kind, createdById, connectedById: oauthConnections.connectedById })
    .from(credentials)
    .leftJoin(
      oauthConnections,
      and(eq(oauthConnections.accountId, credentials.accountId), eq(oauthConnections.ownerId, credentials.id)),
    )
    .where(and(eq(credentials.accountId, owner.accountId), eq(credentials.id, owner.ownerId)))
  if (!row) return null
  return {
    name: row.name,
    environment: row.environment,
    provider: row.provider,
    connectedById: row.connectedById ?? (row.kind === 'user' ? row.createdById : null),
  }
}

/** The error code, and what there is to say beside it. */
interface Told {
  error: string
  detail: string | null
}

/** Tells people that somebody has to authorize anew. In the transaction that writes it down. */
export async function alarmOfRefusal(
  tx: Database,
  owner: TokenOwner,
  { error, detail }: Told,
  callsFailAt: Date,
): Promise<void> {
  const facts = await factsOf(tx, owner)
  if (!facts) return
  const data = { ...facts, error, detail, callsFailAt: callsFailAt.toISOString() }
  await recordEvent(tx, owner.accountId, 'credential.reauthorization_required', owner.ownerId, data)
}

/** Tells people that renewals fail and calls will. In the transaction that writes it down. */
export async function alarmOfFailing(
  tx: Database,
  owner: TokenOwner,
  { error, detail }: Told,
  { failingSince, callsFailAt }: { failingSince: Date; callsFailAt: Date | null },
): Promise<void> {
  const facts = await factsOf(tx, owner)
  if (!facts) return
  await recordEvent(tx, owner.accountId, 'credential.renewal_failing', owner.ownerId, {
    ...facts,
    error,
    detail,
    failingSince: failingSince.toISOString(),
    callsFailAt: callsFailAt?.toISOString() ?? null,
  })
}

/** Tells people who were told of trouble that it is over. In the transaction that ends it. */
export async function endAlarm(tx: Database, owner: TokenOwner, failingSince: Date | null): Promise<void> {
  const facts = await factsOf(tx, owner)
  if (!facts) return
  const data = { ...facts, failingSince: failingSince?.toISOString() ?? null }
  await recordEvent(tx, owner.accountId, 'credential.renewal_recovered', owner.ownerId, data)
}

/**
 * Tells people that it is over who were told of trouble with tokens that have been removed since, such as by who disconnects
 * and connects again: nothing of it stands with the tokens any more, and the next trouble would not be news to anybody.
 */
export async function endAlarmOfRemoved(tx: Database, owner: TokenOwner): Promise<void> {
  const { accountId, ownerId } = owner
  const open = await tx.$count(
    notificationEpisodes,
    and(
      eq(notificationEpisodes.accountId, accountId),
      eq(notificationEpisodes.subjectId, ownerId),
      eq(notificationEpisodes.trouble, 'renewal'),
      isNull(notificationEpisodes.closedAt),
    ),
  )
  const untold = await tx.$count(
    outboxEvents,
    and(
      eq(outboxEvents.accountId, accountId),
      eq(outboxEvents.subjectId, ownerId),
      inArray(outboxEvents.kind, ['credential.reauthorization_required', 'credential.renewal_failing']),
      isNull(outboxEvents.notifiedAt),
    ),
  )
  if (open + untold > 0) await endAlarm(tx, owner, null)
}
