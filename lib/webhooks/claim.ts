import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { webhookAttempts, webhookMessages, webhooks } from '@/db/schema'
import { isTriedEnough } from './tried-for'

/** Messages that one instance has under way at a time, and those of all instances to the webhooks of one account. */
export const AT_ONCE = 16
const AT_ONCE_PER_ACCOUNT = 8
/** And to one webhook; to one that takes none, a single one, since it would only have more of them wait for its answer. */
const AT_ONCE_PER_WEBHOOK = 4
const AT_ONCE_WHILE_FAILING = 1
/** Longer than a call may take. */
export const LEASE_SECONDS = 60
/**
 * For how long later messages about a subject wait for an earlier one that is not taken. What a receiver never takes must
 * not keep from it what it would.
 */
export const ORDER_MINUTES = 60
/**
 * After that they may go in the minutes after it was refused once more, and at no other time: a receiver that has come back
 * since would get them first.
 */
const REFUSED_MINUTES = 2

/** A message that is this worker's to send. */
export interface Claim {
  id: string
  accountId: string
  webhookId: string
  payload: Record<string, unknown>
  attempts: number
  fence: number
  isTest: boolean
  /** It has been tried for so long that this time is the last. */
  isLast: boolean
  url: string
  webhookName: string
}

/**
 * Takes messages that are due: of each account and of each webhook a few, in the order of what happened, and of each subject
 * one at a time.
 * @param limit how many to take at most
 */
export async function claimMessages(db: Database, limit: number): Promise<Claim[]> {
  // What was kept for it while it was paused has its three days from when it was enabled.
  const since = sql`greatest(m.created_at, w.state_since)`
  const isLast = isTriedEnough(
    since,
    sql`select a.at from ${webhookAttempts} a
      where a.account_id = m.account_id and a.message_id = m.id and a.at >= ${since}`,
  )
  const { rows } = (await db.execute(sql`
    with busy as (
      select account_id, webhook_id, count(*) as under_way from ${webhookMessages}
      where state = 'waiting' and lease_until > now() group by account_id, webhook_id
    ), waiting as (
      -- Each with whether an earlier one about its subject holds it up: by a window, and further down by an array, since a
      -- join is planned for as few as mostly wait, and takes the square of their number when thousands once do.
      select m.id, m.account_id, m.webhook_id, m.event_id, m.due_at, m.lease_until,
        coalesce(bool_or(not (m.created_at <= now() - ${ORDER_MINUTES} * interval '1 minute' and m.due_at > now()
          and coalesce(m.lease_until between now() - ${REFUSED_MINUTES} * interval '1 minute' and now(), false)))
          over (partition by m.webhook_id, m.subject_id order by m.event_id
            rows between unbounded preceding and 1 preceding), false) as is_held_up
      from ${webhookMessages} m
      where m.state = 'waiting' and m.webhook_id = any(array(
        select distinct d.webhook_id from ${webhookMessages} d join ${webhooks} w on w.id = d.webhook_id
        where d.state = 'waiting' and d.due_at <= now() and w.state = 'enabled'))
    ), due as (
      select m.id, m.account_id, row_number() over (partition by m.webhook_id order by m.event_id) as turn,
        case when w.failing_since is null then ${AT_ONCE_PER_WEBHOOK}::int else ${AT_ONCE_WHILE_FAILING}::int end
          - coalesce(b.under_way, 0) as room
      from waiting m join ${webhooks} w on w.account_id = m.account_id and w.id = m.webhook_id
        left join busy b on b.webhook_id = m.webhook_id
      where m.due_at <= now() and (m.lease_until is null or m.lease_until <= now())
        and w.state = 'enabled' and not m.is_held_up
    ), fair as (
      select id, row_number() over (partition by account_id order by turn, id)
        + coalesce((select sum(under_way) from busy where busy.account_id = due.account_id), 0) as place
      from due where turn <= room
    ), taken as (
      select id from ${webhookMessages}
      where id = any(array(select id from fair where place <= ${AT_ONCE_PER_ACCOUNT} order by place limit ${limit}))
        and state = 'waiting' and (lease_until is null or lease_until <= now())
      for update skip locked
    )
    update ${webhookMessages} m
    set attempts = m.attempts + 1, fence = m.fence + 1,
      lease_until = clock_timestamp() + ${LEASE_SECONDS} * interval '1 second'
    from taken, ${webhooks} w
    where m.id = taken.id and w.account_id = m.account_id and w.id = m.webhook_id
    returning m.id, m.account_id as "accountId", m.webhook_id as "webhookId", m.payload, m.attempts,
      m.fence::int as fence, m.is_test as "isTest", w.url, w.name as "webhookName",
      ${isLast} as "isLast"`)) as unknown as { rows: Claim[] }
  return rows
}
