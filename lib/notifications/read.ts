import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { credentials, notificationEpisodes, notificationItems, notifications } from '@/db/schema'
import { can, type Holder } from '../accounts/permissions'
import { isId } from '../ids'
import { eventKinds, type OutboxEvent, type Trouble } from './kinds'
import { hasLasting, type StateKind, stateKinds } from './lasting'
import { maySee, reviewSeenBy } from './recipients'

/** Somebody in an account: notices are theirs alone. */
export interface Person {
  accountId: string
  userId: string
}

/** A notice as it is read in the app. `subjectId` and `data` are those of the first of `count`. */
export type NoticeView = OutboxEvent & {
  id: string
  provider: string | null
  count: number
  /** What it tells of lasts no longer. */
  isOver: boolean
  readAt: Date | null
  createdAt: Date
}

const PAGE = 25
/** A count beyond this is no number that anybody reads. */
const MAX_UNREAD = 100

/** Somebody with what they may do now: what they were told of before and may not see any more, they are not shown. */
type Reader = Person & Holder

const isTheirs = ({ accountId, userId }: Person) =>
  and(eq(notifications.accountId, accountId), eq(notifications.userId, userId), eq(notifications.inApp, true))

const isShown = (reader: Reader) =>
  and(
    isTheirs(reader),
    inArray(
      notifications.kind,
      eventKinds.filter((kind) => maySee(reader, kind)),
    ),
    or(ne(notifications.kind, 'review.digest'), ...foundOf(reader)),
  )

/** That a review found something of what somebody may see. */
function foundOf(reader: Reader): SQL[] {
  const found = (what: 'keys' | 'credentials') => sql`(${notifications.data} ->> ${what})::int > 0`
  return [
    ...(can(reader, 'keys:read') ? [found('keys')] : []),
    ...(can(reader, 'credentials:read') ? [found('credentials')] : []),
  ]
}

/** A notice as its reader may know it now. */
function shownTo(reader: Reader, notice: NoticeView): NoticeView {
  return notice.kind === 'review.digest' ? { ...notice, data: reviewSeenBy(reader, notice.data) } : notice
}

/**
 * A person's notices, newest first.
 * @param before the id of the last one of the page before
 */
export async function listNotices(
  db: Database,
  reader: Reader,
  before: string | null = null,
): Promise<{ notices: NoticeView[]; next: string | null }> {
  const rows = await db
    .select({
      id: notifications.id,
      kind: notifications.kind,
      subjectId: notifications.subjectId,
      data: notifications.data,
      provider: notifications.provider,
      count: notifications.count,
      isOver: sql<boolean>`case
        ${sql.join(
          stateKinds.map((kind) => sql`when ${notifications.kind} = ${kind} then not ${hasLasting(db, kind)}`),
          sql` `,
        )}
        else ${hasTrouble(db, 'closed')} and not ${hasTrouble(db, 'open')} end`,
      readAt: notifications.readAt,
      createdAt: notifications.createdAt,
    })
    .from(notifications)
    .where(and(isShown(reader), before && isId('notification', before) ? lt(notifications.id, before) : undefined))
    .orderBy(desc(notifications.id))
    .limit(PAGE + 1)
  const notices = (rows.slice(0, PAGE) as unknown as NoticeView[]).map((notice) => shownTo(reader, notice))
  return { notices, next: rows.length > PAGE ? (notices.at(-1)?.id ?? null) : null }
}

/**
 * Whether a notification tells of a trouble that is in this state. Joined by the id alone, whose account the foreign key
 * ensures: of two columns, a database that has no statistics yet may look up the wrong one.
 */
function hasTrouble(db: Database, state: 'open' | 'closed') {
  const { closedAt } = notificationEpisodes
  const troubles = db
    .select({ one: sql`1` })
    .from(notificationItems)
    .innerJoin(notificationEpisodes, eq(notificationEpisodes.id, notificationItems.episodeId))
    .where(
      and(
        eq(notificationItems.accountId, notifications.accountId),
        eq(notificationItems.notificationId, notifications.id),
        state === 'open' ? isNull(closedAt) : isNotNull(closedAt),
      ),
    )
  return sql`exists ${troubles}`
}

/** How many notices somebody has not read, 100 at most. */
export async function countUnread(db: Database, reader: Reader): Promise<number> {
  const unread = db
    .select({ one: sql`1`.as('one') })
    .from(notifications)
    .where(and(isShown(reader), isNull(notifications.readAt)))
    .limit(MAX_UNREAD)
    .as('unread')
  return db.$count(unread)
}

/**
 * Marks notices as read. Of no interest to the audit log: it changes nothing but the reader's own list.
 * @param which by their ids, or all that were there at a time: what came since, nobody has seen
 */
export async function markRead(
  db: Database,
  person: Person,
  which: readonly string[] | { until: Date },
): Promise<void> {
  const concerned =
    'until' in which
      ? lte(notifications.createdAt, which.until)
      : inArray(
          notifications.id,
          which.filter((id) => isId('notification', id)),
        )
  await db
    .update(notifications)
    .set({ readAt: sql`now()` })
    .where(and(isTheirs(person), isNull(notifications.readAt), concerned))
}

/** Marks as read, for everybody, what tells of nothing that lasts since these episodes have ended. */
export async function readWhatIsOver(tx: Database, accountId: string, episodeIds: string[]): Promise<void> {
  const concerned = tx
    .select({ id: notificationItems.notificationId })
    .from(notificationItems)
    .where(and(eq(notificationItems.accountId, accountId), inArray(notificationItems.episodeId, episodeIds)))
  await tx
    .update(notifications)
    .set({ readAt: sql`now()` })
    .where(
      and(
        eq(notifications.accountId, accountId),
        isNull(notifications.readAt),
        inArray(notifications.id, concerned),
        sql`not ${hasTrouble(tx, 'open')}`,
      ),
    )
}

/**
 * Marks as read, for everybody, what tells of these things and of nothing that lasts: integrations that are called without
 * failure again, webhooks that are enabled, what is deleted. In the transaction that does that.
 */
export async function readWhatIsMended(
  tx: Database,
  accountId: string,
  kind: StateKind,
  subjectIds: readonly string[],
): Promise<void> {
  if (subjectIds.length === 0) return
  const concerned = tx
    .select({ id: notificationItems.notificationId })
    .from(notificationItems)
    .where(and(eq(notificationItems.accountId, accountId), inArray(notificationItems.subjectId, [...subjectIds])))
  await tx
    .update(notifications)
    .set({ readAt: sql`now()` })
    .where(
      and(
        eq(notifications.accountId, accountId),
        eq(notifications.kind, kind),
        isNull(notifications.readAt),
        inArray(notifications.id, concerned),
        sql`not ${hasLasting(tx, kind)}`,
      ),
    )
}

/** A trouble that a credential has now. */
export type OpenTrouble = OutboxEvent & { trouble: Trouble; openedAt: Date }

/** What is wrong with a credential now, oldest first. */
export async function listTroubles(db: Database, accountId: string, credentialId: string): Promise<OpenTrouble[]> {
  const rows = await db
    .select({
      kind: notificationEpisodes.stage,
      subjectId: notificationEpisodes.subjectId,
      data: notificationEpisodes.data,
      trouble: notificationEpisodes.trouble,
      openedAt: notificationEpisodes.openedAt,
      name: credentials.name,
    })
    .from(notificationEpisodes)
    .innerJoin(credentials, eq(credentials.id, notificationEpisodes.subjectId))
    .where(
      and(
        eq(notificationEpisodes.accountId, accountId),
        eq(notificationEpisodes.subjectId, credentialId),
        isNull(notificationEpisodes.closedAt),
      ),
    )
    .orderBy(asc(notificationEpisodes.openedAt))
  // By the name that it has now.
  return rows.map(({ name, data, ...trouble }) => ({ ...trouble, data: { ...data, name } })) as unknown as OpenTrouble[]
}
