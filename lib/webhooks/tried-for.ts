import { type SQL, sql } from 'drizzle-orm'

/** How long a message is tried, and a webhook that takes none: as long as Standard Webhooks advises. */
const GIVE_UP_HOURS = 72
/** Longer than any pause that we make. Where nothing was sent for so long, that was not the receiver's doing. */
const AWAY_HOURS = 6

/**
 * Whether a receiver was tried for long enough to be given up, not counting when nothing was sent, such as while the server
 * was off.
 * @param since when that began at the earliest; what is younger is not looked into
 * @param times a query of one column `at`: when something was sent
 */
export function isTriedEnough(since: SQL, times: SQL): SQL<boolean> {
  return sql<boolean>`case when ${since} < now() - ${GIVE_UP_HOURS}::int * interval '1 hour' then (
    select coalesce(sum(pause) filter (where pause < ${AWAY_HOURS}::int * interval '1 hour')
      >= ${GIVE_UP_HOURS}::int * interval '1 hour', false)
    from (select lead(tried.at, 1, now()) over (order by tried.at) - tried.at as pause from (${times}) as tried) as pauses
  ) else false end`
}
