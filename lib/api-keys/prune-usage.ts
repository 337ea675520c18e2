import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeyRehearsalCalls, apiKeyUsageDays, apiKeyUsageHours } from '@/db/schema'
import { MAX_ADDRESSES } from './usage-counts'

/** Days that counts of use are kept. */
export const USAGE_DAYS_KEPT = 90
/** Days after which a key's hours are added up to days: a chart of them shows no hours any more. */
export const HOURS_KEPT_DAYS = 14
const REHEARSALS_KEPT_DAYS = 90
const PRUNE_STEP = 5_000
/** Days of keys that are added up in one statement. */
const ROLL_UP_STEP = 500

/**
 * Deletes counts of use that are older than `USAGE_DAYS_KEPT`, and adds hours that are older than `HOURS_KEPT_DAYS` up to
 * days, in steps that hold nothing up. May run anywhere, any number of times.
 * @returns how many were deleted, and into how many days hours were added up
 */
export async function pruneUsage(db: Database, signal?: AbortSignal): Promise<{ pruned: number; rolledUp: number }> {
  const today = sql`(now() at time zone 'utc')::date`
  const pruned =
    (await inSteps(
      db,
      PRUNE_STEP,
      signal,
      () => sql`
      with old as (
        select key_id, day from ${apiKeyUsageDays}
        where day < ${today} - ${USAGE_DAYS_KEPT}::int
        limit ${PRUNE_STEP} for update skip locked)
      delete from ${apiKeyUsageDays} as counted using old where counted.key_id = old.key_id and counted.day = old.day
      returning 1`,
    )) +
    (await inSteps(
      db,
      PRUNE_STEP,
      signal,
      () => sql`
      with old as (
        select key_id, hour, span from ${apiKeyUsageHours}
        where hour < (${today} - ${USAGE_DAYS_KEPT}::int)::timestamp at time zone 'utc'
        limit ${PRUNE_STEP} for update skip locked)
      delete from ${apiKeyUsageHours} as counted using old
      where counted.key_id = old.key_id and counted.hour = old.hour and counted.span = old.span
      returning 1`,
    )) +
    (await inSteps(
      db,
      PRUNE_STEP,
      signal,
      () => sql`
      with old as (
        select ctid from ${apiKeyRehearsalCalls}
        where last_at < now() - ${REHEARSALS_KEPT_DAYS}::int * interval '1 day'
        limit ${PRUNE_STEP} for update skip locked)
      delete from ${apiKeyRehearsalCalls} where ctid in (select ctid from old)
      returning 1`,
    ))
  const rolledUp = await inSteps(db, ROLL_UP_STEP, signal, rollUp)
  return { pruned, rolledUp }
}

/** Each day whose hours are taken is taken whole, so that what is added up once need not be added to. */
function rollUp(): SQL {
  const day = (hour: string) => sql.raw(`date_trunc('day', ${hour}, 'UTC')`)
  const counted = (column: string) => sql`
      select name, sum(value::bigint) as times
      from taken t cross join jsonb_each_text(t.${sql.raw(column)}) as each_of(name, value)
      where t.key_id = days.key_id and ${day('t.hour')} = days.day
      group by name`
  const summed = (column: string) => sql`coalesce((
      select jsonb_object_agg(name, times) from (${counted(column)}) as counted), '{}')`
  // Those that come most, and the others together, as in an hour.
  const bounded = (column: string) => sql`coalesce((
      select jsonb_object_agg(name, times) from (
        select case when place <= ${MAX_ADDRESSES}::int then name else '' end as name, sum(times) as times
        from (
          select name, times, row_number() over (partition by name = '' order by times desc, name)
            + case when name = '' then ${MAX_ADDRESSES}::int else 0 end as place
          from (${counted(column)}) as counted) as placed
        group by 1) as summed), '{}')`
  return sql`
    with old as materialized (
      select distinct key_id, ${day('hour')} as day from ${apiKeyUsageHours}
      where span = 'hour' and hour < date_trunc('day', now(), 'UTC') - ${HOURS_KEPT_DAYS}::int * interval '1 day'
      limit ${ROLL_UP_STEP}),
    taken as materialized (
      delete from ${apiKeyUsageHours} as counted using old
      where counted.key_id = old.key_id and counted.span = 'hour'
        and counted.hour >= old.day and counted.hour < old.day + interval '1 day'
      returning counted.*),
    days as (
      select account_id, key_id, ${day('hour')} as day, sum(requests) as requests, sum(refused) as refused
      from taken group by 1, 2, 3)
    insert into ${apiKeyUsageHours} as known
      (account_id, key_id, hour, span, requests, refused, refusals, statuses, scopes, addresses)
    select account_id, key_id, day, 'day', requests, refused, ${summed('refusals')}, ${summed('statuses')},
      ${summed('scopes')}, ${bounded('addresses')}
    from days order by key_id, day
    on conflict (key_id, hour, span) do update set
      requests = known.requests + excluded.requests, refused = known.refused + excluded.refused
    returning 1`
}

async function inSteps(
  db: Database,
  size: number,
  signal: AbortSignal | undefined,
  statement: () => SQL,
): Promise<number> {
  let done = 0
  while (!signal?.aborted) {
    const { rows } = (await db.execute(statement())) as unknown as { rows: unknown[] }
    done += rows.length
    if (rows.length < size) break
  }
  return done
}
