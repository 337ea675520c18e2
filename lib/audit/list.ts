import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { actorKinds, auditEvents } from '@/db/schema'
import { invalidField } from '../errors'
import { readCursor, writeCursor } from '../paging'
import { isStorableTime } from '../times'
import type { AuditFilter, ListAuditEventsQuery } from './query'
import { type AuditAction, auditActions } from './record'

/** What happened to something, as people see it. */
export interface AuditEventView {
  id: string
  at: Date
  action: AuditAction
  actor: { kind: (typeof actorKinds)[number]; id: string | null; name: string }
  target: { kind: string; id: string }
  address: string | null
  userAgent: string | null
  requestId: string | null
  details: Record<string, unknown>
  /** Its link in the account's chain. */
  link: { seq: number; hash: string } | null
}

/** To the microsecond, which a `Date` doesn't hold. */
const exactTime = sql<string>`to_char(${auditEvents.at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
const EXACT_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/
const ORDER = 'newest'

/** Looked up for each event that is shown, whatever the planner knows: a join may read all of the chain for a page. */
const linkOfEvent = sql<[seq: number, hash: string] | null>`(
  select json_build_array(link.seq, link.hash) from audit_links link
  where link.account_id = audit_events.account_id and link.event_id = audit_events.id)`

function selectEvents(db: Database) {
  return db
    .select({ event: auditEvents, exactTime, link: linkOfEvent })
    .from(auditEvents)
    .orderBy(desc(auditEvents.at), desc(auditEvents.id))
    .$dynamic()
}

type Selected = Awaited<ReturnType<typeof selectEvents>>[number]

/**
 * What happened to one thing of an account, newest first.
 * @param targetId such as `key_…`; another account's has no events here
 */
export async function listAuditEventsOf(
  db: Database,
  accountId: string,
  targetId: string,
  limit: number,
): Promise<AuditEventView[]> {
  const of = and(eq(auditEvents.accountId, accountId), eq(auditEvents.targetId, targetId))
  return (await selectEvents(db).where(of).limit(limit)).map(viewOf)
}

export interface AuditEventPage {
  events: AuditEventView[]
  nextCursor: string | null
}

/**
 * A page of what happened in an account, newest first.
 * @throws {Refusal} `invalid` on `cursor`
 */
export async function listAuditEvents(
  db: Database,
  accountId: string,
  query: ListAuditEventsQuery,
): Promise<AuditEventPage> {
  const after = query.cursor === undefined ? null : readPlace(query.cursor)
  const rows = await selectEvents(db)
    .where(and(matching(accountId, query), after ? before(after.value, after.id) : undefined))
    .limit(query.limit + 1)
  const page = rows.slice(0, query.limit)
  const last = rows.length > query.limit ? page.at(-1) : undefined
  return {
    events: page.map(viewOf),
    nextCursor: last ? writeCursor(ORDER, last.exactTime, last.event.id) : null,
  }
}

/** How many events of an account are older than so many days, by days. */
export async function countOlderEvents(
  db: Database,
  accountId: string,
  days: readonly number[],
): Promise<Record<number, number>> {
  const counts = await Promise.all(
    days.map(async (age) => {
      const isOlder = sql`${auditEvents.at} < statement_timestamp() - make_interval(days => ${age})`
      return [age, await db.$count(auditEvents, and(eq(auditEvents.accountId, accountId), isOlder))] as const
    }),
  )
  return Object.fromEntries(counts)
}

/** Events read at a time when all are read. */
const PAGE = 2_000

/** All that happened in an account, newest first, read as it is asked for. What is added meanwhile is not in it. */
export async function* readAuditEvents(
  db: Database,
  accountId: string,
  filter: AuditFilter,
  pageSize = PAGE,
): AsyncGenerator<AuditEventView> {
  let after: Selected | undefined
  for (;;) {
    const place = after ? before(after.exactTime, after.event.id) : undefined
    const rows = await selectEvents(db)
      .where(and(matching(accountId, filter), place))
      .limit(pageSize)
    for (const row of rows) yield viewOf(row)
    if (rows.length < pageSize) return
    after = rows.at(-1)
  }
}

function before(time: string, id: string): SQL {
  return sql`(${auditEvents.at}, ${auditEvents.id}) < (${time}::timestamptz, ${id})`
}

function readPlace(cursor: string) {
  const place = readCursor(cursor, ORDER)
  // A time that no answer has given would be refused by the database.
  if (!EXACT_TIME.test(place.value) || !isTime(place.value)) {
    throw invalidField(
      'cursor',
      'must be the `next_cursor` of an earlier answer; leave it out to start over',
      'invalid_format',
    )
  }
  return place
}

/** Whether there is such a day: JavaScript takes the 30th of February for the 2nd of March, and the database for nothing. */
function isTime(exactTime: string): boolean {
  const time = new Date(exactTime)
  return isStorableTime(time) && time.toISOString().slice(0, 19) === exactTime.slice(0, 19)
}

function matching(accountId: string, { action, actor, target, address, from, to, q }: AuditFilter): SQL | undefined {
  const isKind = (actorKinds as readonly string[]).includes(actor ?? '')
  return and(
    eq(auditEvents.accountId, accountId),
    action ? ofAction(action) : undefined,
    actor ? (isKind ? sql`${auditEvents.actorKind} = ${actor}` : eq(auditEvents.actorId, actor)) : undefined,
    target ? eq(auditEvents.targetId, target) : undefined,
    address ? eq(auditEvents.address, address) : undefined,
    from && gte(auditEvents.at, from),
    to && lt(auditEvents.at, to),
    search(q),
  )
}

function ofAction(action: string): SQL | undefined {
  if (!Object.hasOwn(auditActions, action)) return eq(auditEvents.targetKind, action)
  // By its kind too, which there is an index of.
  return and(eq(auditEvents.targetKind, auditActions[action as AuditAction]), eq(auditEvents.action, action))
}

function search(text: string | undefined): SQL | undefined {
  const wanted = text?.normalize('NFC').trim()
  if (!wanted) return undefined
  const pattern = `%${wanted.replace(/[\\%_]/g, '\\$&')}%`
  return sql`(${auditEvents.actorName} ilike ${pattern} or ${auditEvents.action} ilike ${pattern}
    or ${auditEvents.details}::text ilike ${pattern} or ${auditEvents.address} = ${wanted}
    or ${wanted} in (${auditEvents.id}, ${auditEvents.targetId}, ${auditEvents.actorId}, ${auditEvents.requestId}))`
}

function viewOf({ event, link }: Selected): AuditEventView {
  return {
    id: event.id,
    at: event.at,
    action: event.action as AuditAction,
    actor: { kind: event.actorKind, id: event.actorId, name: event.actorName },
    target: { kind: event.targetKind, id: event.targetId },
    address: event.address,
    userAgent: event.userAgent,
    requestId: event.requestId,
    details: event.details,
    link: link && { seq: link[0], hash: link[1] },
  }
}
