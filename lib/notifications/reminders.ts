import { and, asc, eq, inArray, isNotNull, isNull, lte, notExists, or, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { credentials, notificationEpisodes, tokenSets } from '@/db/schema'
import { log } from '../log'
import { closeEpisodes, REMINDER_DAYS, type Telling } from './episodes'
import type { OutboxEvent } from './kinds'
import { lockAccount } from './take-events'
import { tell } from './tell'

/** Episodes looked at in one transaction. */
const BATCH = 500

/** Which of these credentials are still in trouble: what was mended without a word about it is nothing to remind of. */
async function stillFailing(tx: Database, accountId: string, credentialIds: string[]): Promise<Set<string>> {
  const failing = await tx
    .select({ id: tokenSets.ownerId })
    .from(tokenSets)
    .where(
      and(
        eq(tokenSets.accountId, accountId),
        inArray(tokenSets.ownerId, credentialIds),
        or(isNotNull(tokenSets.refusedError), isNotNull(tokenSets.failingSince)),
      ),
    )
  const existing = await tx
    .select({ id: credentials.id })
    .from(credentials)
    .where(and(eq(credentials.accountId, accountId), inArray(credentials.id, credentialIds)))
  const ids = new Set(existing.map(({ id }) => id))
  return new Set(failing.map(({ id }) => id).filter((id) => ids.has(id)))
}

/**
 * Has people reminded, 1, 3 and 7 days after an episode began, of what lasts; then no more. Safe to run twice, on several
 * instances, and late: who was not reminded in time is reminded once.
 * @returns how many episodes people are reminded of
 * @throws the first failure, when all that could be done is done
 */
export async function sendReminders(db: Database, signal?: AbortSignal): Promise<number> {
  await closeOutdated(db)
  let reminded = 0
  // Accounts that another instance is busy with, or that fail: neither may keep the rest from their reminders.
  const left = new Set<string>()
  const failures: unknown[] = []
  while (!signal?.aborted) {
    const due = await db
      .selectDistinct({ accountId: notificationEpisodes.accountId })
      .from(notificationEpisodes)
      .where(isDue)
    const accountIds = due.map(({ accountId }) => accountId).filter((id) => !left.has(id))
    if (accountIds.length === 0) break
    for (const accountId of accountIds) {
      if (signal?.aborted) break
      try {
        const count = await remindAccount(db, accountId)
        if (count === null) left.add(accountId)
        reminded += count ?? 0
      } catch (error) {
        log.error({ err: error, account: accountId }, 'The people of an account could not be reminded')
        left.add(accountId)
        failures.push(error)
      }
    }
  }
  if (failures.length > 0) throw failures[0]
  return reminded
}

const isDue = and(isNull(notificationEpisodes.closedAt), lte(notificationEpisodes.remindAt, sql`now()`))

/** @returns how many episodes people are reminded of; null when another instance is at it */
async function remindAccount(db: Database, accountId: string): Promise<number | null> {
  return db.transaction(async (tx) => {
    if (!(await lockAccount(tx, accountId))) return null
    const due = await tx
      .select({
        id: notificationEpisodes.id,
        kind: notificationEpisodes.stage,
        subjectId: notificationEpisodes.subjectId,
        data: notificationEpisodes.data,
        days: sql<number>`extract(epoch from now() - ${notificationEpisodes.openedAt})::float8 / 86400`,
      })
      .from(notificationEpisodes)
      .where(and(eq(notificationEpisodes.accountId, accountId), isDue))
      .orderBy(asc(notificationEpisodes.id))
      .limit(BATCH)
    const byReminder = new Map<number, Telling[]>()
    const failing = await stillFailing(
      tx,
      accountId,
      due.map(({ subjectId }) => subjectId),
    )
    const over = due.filter(({ subjectId }) => !failing.has(subjectId))
    await closeEpisodes(
      tx,
      accountId,
      over.map(({ id }) => id),
    )
    for (const { id, days, kind, subjectId, data } of due) {
      if (!failing.has(subjectId)) continue
      // Those that were missed are not made up for: this one says all that they would have said.
      const reminder = REMINDER_DAYS.filter((day) => day <= days).length
      const next = REMINDER_DAYS[reminder]
      await tx
        .update(notificationEpisodes)
        .set({
          reminders: reminder,
          remindAt:
            next === undefined ? null : sql`${notificationEpisodes.openedAt} + ${next}::int * interval '24 hours'`,
        })
        .where(and(eq(notificationEpisodes.accountId, accountId), eq(notificationEpisodes.id, id)))
      const telling = { kind, subjectId, data, episodeId: id } as unknown as OutboxEvent & { episodeId: string }
      byReminder.set(reminder, [...(byReminder.get(reminder) ?? []), telling])
    }
    for (const [reminder, tellings] of byReminder) await tell(tx, accountId, tellings, reminder)
    return due.length
  })
}

/**
 * Ends what nothing else ends: warnings of an end that is no longer what it was, since the secret was replaced, and trouble
 * with tokens that are gone, which was only told of after they had been removed.
 */
async function closeOutdated(db: Database): Promise<void> {
  const { id, accountId } = notificationEpisodes
  const outdated = await db.select({ id, accountId }).from(notificationEpisodes).where(isOutdated(db)).limit(BATCH)
  for (const episode of outdated) {
    await db.transaction(async (tx) => {
      if (!(await lockAccount(tx, episode.accountId))) return
      // Looked at anew: people may have been told of another end in it meanwhile, which lasts.
      const still = await tx
        .select({ id })
        .from(notificationEpisodes)
        .where(and(eq(accountId, episode.accountId), eq(id, episode.id), isOutdated(tx)))
      if (still.length > 0) await closeEpisodes(tx, episode.accountId, [episode.id])
    })
  }
}

/** Whether an open episode tells of what is no longer so. */
function isOutdated(db: Database) {
  const { accountId, subjectId, data, trouble } = notificationEpisodes
  // As they are written in events: to the millisecond.
  const warnedOf = sql`date_trunc('milliseconds', (${data} ->> 'expiresAt')::timestamptz)`
  const secret = db
    .select({ one: sql`1` })
    .from(credentials)
    .where(
      and(
        eq(credentials.accountId, accountId),
        eq(credentials.id, subjectId),
        eq(trouble, 'secret_end'),
        sql`date_trunc('milliseconds', ${credentials.expiresAt}) = ${warnedOf}`,
      ),
    )
  const refreshToken = db
    .select({ one: sql`1` })
    .from(tokenSets)
    .where(
      and(
        eq(tokenSets.accountId, accountId),
        eq(tokenSets.ownerId, subjectId),
        eq(trouble, 'refresh_token_end'),
        sql`date_trunc('milliseconds', ${tokenSets.refreshExpiresAt}) = ${warnedOf}`,
      ),
    )
  const tokens = db
    .select({ one: sql`1` })
    .from(tokenSets)
    .innerJoin(credentials, and(eq(credentials.accountId, tokenSets.accountId), eq(credentials.id, tokenSets.ownerId)))
    .where(and(eq(tokenSets.accountId, accountId), eq(tokenSets.ownerId, subjectId), eq(trouble, 'renewal')))
  return and(isNull(notificationEpisodes.closedAt), notExists(secret), notExists(refreshToken), notExists(tokens))
}
