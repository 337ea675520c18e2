import { and, countDistinct, desc, eq, gt, inArray, isNotNull, isNull, ne, or, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { credentials, deliveries, notificationItems, notifications } from '@/db/schema'
import { newId } from '../ids'
import type { Telling } from './episodes'
import { isCredentialKind } from './kinds'
import { recipientsIn } from './recipients'

/**
 * How long more of a kind and provider is added to a person's notification before it is mailed, in minutes: for the first
 * within `RECENT_HOURS`, the second, and so on. When a provider drops an app, its credentials fail one by one over hours;
 * that is a handful of mails then, not one a minute.
 */
const COLLECT_MINUTES = [1, 5, 15, 60] as const
const RECENT_HOURS = 6

/** Rows in one insert. */
const CHUNK = 1_000

interface Group {
  userId: string
  kind: Telling['kind']
  provider: string | null
  email: boolean
  inApp: boolean
  tellings: Telling[]
}

/**
 * Tells an account's people: one notification per person, kind and provider, which a recent one that is still collecting
 * takes in. The caller has locked the account.
 * @param reminder which reminder it is; 0: none, but news
 */
export async function tell(tx: Database, accountId: string, tellings: readonly Telling[], reminder = 0): Promise<void> {
  if (tellings.length === 0) return
  const recipientsOf = await recipientsIn(tx, accountId)
  const knowing = await toldByMail(tx, accountId, tellings)
  const groups = new Map<string, Group>()
  for (const happened of tellings) {
    const provider = 'provider' in happened.data ? happened.data.provider : null
    for (const { userId, telling, ...ways } of recipientsOf(happened)) {
      // Who was not mailed that something is wrong need not be mailed that it is well again.
      const isRelief = telling.kind === 'credential.renewal_recovered'
      const email = ways.email && (!isRelief || knowing.has(`${userId} ${telling.episodeId}`))
      // A reminder is a mail: in the app the notice stands there all the while.
      const inApp = ways.inApp && reminder === 0
      if (!email && !inApp) continue
      const key = [userId, telling.kind, provider ?? '', email, inApp].join(' ')
      const group = groups.get(key) ?? { userId, kind: telling.kind, provider, email, inApp, tellings: [] }
      group.tellings.push(telling)
      groups.set(key, group)
    }
  }
  for (const group of groups.values()) await tellGroup(tx, accountId, group, reminder)
}

async function tellGroup(tx: Database, accountId: string, group: Group, reminder: number): Promise<void> {
  const collecting = await findCollecting(tx, accountId, group, reminder)
  if (collecting) {
    await addItems(tx, accountId, collecting, group.tellings)
    const { subjectId, data, notificationId } = notificationItems
    const isOfIt = and(eq(notificationItems.accountId, accountId), eq(notificationId, collecting))
    const subjects = tx
      .select({ count: countDistinct(subjectId) })
      .from(notificationItems)
      .where(isOfIt)
    const latest = tx
      .select({ data })
      .from(notificationItems)
      .where(and(isOfIt, eq(subjectId, notifications.subjectId)))
      .orderBy(desc(notificationItems.id))
      .limit(1)
    await tx
      .update(notifications)
      .set({ count: sql`${subjects}`, data: sql`${latest}`, readAt: null })
      .where(and(eq(notifications.accountId, accountId), eq(notifications.id, collecting)))
    return
  }
  const [first] = group.tellings
  if (!first) return
  const latest = group.tellings.findLast(({ subjectId }) => subjectId === first.subjectId) ?? first
  const id = newId('notification')
  const { userId, kind, provider, inApp } = group
  const minutes = reminder > 0 ? 0 : await collectMinutes(tx, accountId, group)
  const collectsUntil = sql`now() + ${minutes} * interval '1 minute'`
  await tx.insert(notifications).values({
    id,
    accountId,
    userId,
    kind,
    provider,
    reminder,
    subjectId: first.subjectId,
    data: latest.data as unknown as Record<string, unknown>,
    // Of things, to each of which more than one may have happened: a token may be seen in several places.
    count: new Set(group.tellings.map(({ subjectId }) => subjectId)).size,
    collectsUntil,
    inApp,
  })
  await addItems(tx, accountId, id, group.tellings)
  if (group.email) {
    await tx.insert(deliveries).values({ id: newId('delivery'), accountId, notificationId: id, dueAt: collectsUntil })
  }
}

async function addItems(
  tx: Database,
  accountId: string,
  notificationId: string,
  tellings: readonly Telling[],
): Promise<void> {
  for (let start = 0; start < tellings.length; start += CHUNK) {
    await tx.insert(notificationItems).values(
      tellings.slice(start, start + CHUNK).map(({ subjectId, data, episodeId }) => ({
        id: newId('notificationItem'),
        accountId,
        notificationId,
        episodeId,
        subjectId,
        data: data as unknown as Record<string, unknown>,
      })),
    )
  }
}

/**
 * The person's notification that takes in more: its mail has not been begun, or, where there is none, its time is not over.
 * The mail is locked, so that nobody begins it before what is added can be seen.
 */
async function findCollecting(
  tx: Database,
  accountId: string,
  { userId, kind, provider, email, inApp }: Group,
  reminder: number,
): Promise<string | undefined> {
  const alike = and(
    eq(notifications.accountId, accountId),
    eq(notifications.userId, userId),
    eq(notifications.kind, kind),
    provider === null ? isNull(notifications.provider) : eq(notifications.provider, provider),
    eq(notifications.reminder, reminder),
    eq(notifications.inApp, inApp),
  )
  if (email) {
    const [found] = await tx
      .select({ id: deliveries.notificationId })
      .from(deliveries)
      .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
      .where(
        and(alike, eq(deliveries.accountId, accountId), eq(deliveries.state, 'waiting'), eq(deliveries.attempts, 0)),
      )
      .limit(1)
      .for('update', { of: deliveries })
    return found?.id ?? undefined
  }
  const mail = tx
    .select({ id: deliveries.notificationId })
    .from(deliveries)
    .where(and(eq(deliveries.accountId, accountId), isNotNull(deliveries.notificationId)))
  const [found] = await tx
    .select({ id: notifications.id })
    .from(notifications)
    .where(and(alike, gt(notifications.collectsUntil, sql`now()`), sql`${notifications.id} not in ${mail}`))
    .limit(1)
  return found?.id
}

/** How long a new notification collects. */
async function collectMinutes(tx: Database, accountId: string, { userId, kind, provider }: Group): Promise<number> {
  const recent = await tx.$count(
    notifications,
    and(
      eq(notifications.accountId, accountId),
      eq(notifications.userId, userId),
      eq(notifications.kind, kind),
      provider === null ? isNull(notifications.provider) : eq(notifications.provider, provider),
      gt(notifications.createdAt, sql`now() - ${RECENT_HOURS} * interval '1 hour'`),
    ),
  )
  if (recent === 0 && isCredentialKind(kind)) {
    // The only one there: nothing can follow it that would belong into the same mail.
    const others = await tx.$count(
      credentials,
      and(
        eq(credentials.accountId, accountId),
        provider === null ? isNull(credentials.provider) : eq(credentials.provider, provider),
      ),
    )
    if (others <= 1) return 0
  }
  return COLLECT_MINUTES[Math.min(recent, COLLECT_MINUTES.length - 1)] as number
}

/** Who has been mailed of these episodes, or is being mailed now, as `user episode`. */
async function toldByMail(tx: Database, accountId: string, tellings: readonly Telling[]): Promise<Set<string>> {
  const over = tellings.flatMap(({ kind, episodeId }) =>
    kind === 'credential.renewal_recovered' && episodeId ? [episodeId] : [],
  )
  if (over.length === 0) return new Set()
  const items = await tx
    .select({ episodeId: notificationItems.episodeId, notificationId: notificationItems.notificationId })
    .from(notificationItems)
    .where(and(eq(notificationItems.accountId, accountId), inArray(notificationItems.episodeId, over)))
  const notificationIds = [...new Set(items.map(({ notificationId }) => notificationId))]
  const mailed = await tx
    .select({ id: notifications.id, userId: notifications.userId })
    .from(deliveries)
    .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
    .where(
      and(
        eq(deliveries.accountId, accountId),
        inArray(deliveries.notificationId, notificationIds),
        ne(notifications.kind, 'credential.renewal_recovered'),
        or(eq(deliveries.state, 'sent'), and(eq(deliveries.state, 'waiting'), gt(deliveries.leaseUntil, sql`now()`))),
      ),
    )
  const readers = new Map(mailed.map(({ id, userId }) => [id, userId]))
  return new Set(items.map(({ episodeId, notificationId }) => `${readers.get(notificationId)} ${episodeId}`))
}
