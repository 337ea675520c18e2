import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { tokenEndpoints, tokenSets } from '@/db/schema'
import type { TokenOwner } from '../stored-tokens'
import { DOWN_AFTER } from './endpoints'

/** A credential whose tokens are to be renewed by now. */
export interface DueRenewal extends TokenOwner {
  /** Origin of its token endpoint; null: it was never asked. */
  endpoint: string | null
  /** Since when, as the database writes it. */
  renewAt: string
  /** For how many milliseconds. */
  overdueMs: number
  /** How long after they were due the tokens end, in milliseconds; null: nobody knows. */
  slackMs: number | null
}

/**
 * Credentials whose tokens are due, one of each account first, then a second of each, and so on: an account with thousands
 * due does not hold up another's one. Leaves out what somebody is renewing, and what would be renewed at an endpoint that is
 * down, but for one that tries. Costs what is due, not what exists: by the time of the statement, which an index can be
 * searched for. What may be another time for every row, such as `clock_timestamp()`, has every row read.
 * @param limit at most so many; as many again are there once these are renewed
 */
export async function findDue(db: Database, limit: number): Promise<DueRenewal[]> {
  const { rows } = (await db.execute(sql`
    select account_id as "accountId", owner_id as "ownerId", endpoint, renew_at::text as "renewAt",
      (extract(epoch from (statement_timestamp() - renew_at)) * 1000)::float8 as "overdueMs",
      (extract(epoch from (expires_at - renew_at)) * 1000)::float8 as "slackMs" from (
      select t.account_id, t.owner_id, t.endpoint, t.renew_at, t.expires_at, e.failures,
        row_number() over (partition by t.account_id order by t.renew_at) as turn,
        row_number() over (partition by t.endpoint order by t.renew_at) as turn_at_endpoint,
        t.lease_until > statement_timestamp() as is_leased
      from ${tokenSets} t left join ${tokenEndpoints} e on e.origin = t.endpoint
      where t.renew_at <= statement_timestamp()
        and (e.open_until is null or e.open_until <= statement_timestamp())
    ) as due
    where is_leased is not true and (coalesce(failures, 0) < ${DOWN_AFTER} or turn_at_endpoint = 1)
    order by turn, renew_at
    limit ${limit}`)) as unknown as { rows: DueRenewal[] }
  return rows
}

/**
 * In how many milliseconds the next tokens are due; 0 when some are.
 * @returns null when none ever are
 */
export async function nextDueInMs(db: Database): Promise<number | null> {
  const { rows } = (await db.execute(sql`
    select (extract(epoch from (min(renew_at) - clock_timestamp())) * 1000)::float8 as ms
    from ${tokenSets} where renew_at is not null`)) as unknown as { rows: { ms: number | null }[] }
  const ms = rows[0]?.ms ?? null
  return ms === null ? null : Math.max(0, Number(ms))
}
