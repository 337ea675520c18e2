import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeyScopeUses, apiKeys, apiKeyUsageDays, apiKeyUsageHours, apiKeyUses } from '@/db/schema'
import { storable } from '../text'
import { type HourCounts, MAX_ADDRESSES } from './usage-counts'

/** How a key was used, as far as it is not written yet. */
export interface KeyUsage {
  accountId: string
  /** When it was accepted last; 0: it was refused only. */
  lastAt: number
  address: string | null
  userAgent: string | null
  /** By the time that the hour (UTC) began. */
  hours: Map<number, HourCounts>
  /** The one that was counted in last. */
  hour: HourCounts | null
  start: number
}

/** Characters that are kept; the longest IP address has 45. */
const MAX_USER_AGENT = 256
const MAX_ADDRESS = 45

/** What `counts` of a row and of what is added to it come to. */
export function addedCounts(known: SQL, added: SQL): SQL {
  return sql`case when ${added} = '{}' then ${known} when ${known} = '{}' then ${added} else (
    select jsonb_object_agg(name, times) from (
      select name, sum(value::bigint) as times
      from (select * from jsonb_each_text(${known}) union all select * from jsonb_each_text(${added})) as both_of(name, value)
      group by name) as summed) end`
}

/** `addedCounts` that keeps the names which count most apart, and the others under the empty one. */
function boundedCounts(counts: SQL): SQL {
  return sql`(
    select coalesce(jsonb_object_agg(name, times), '{}') from (
      select case when place <= ${MAX_ADDRESSES} then name else '' end as name, sum(times) as times
      from (
        select name, value::bigint as times,
          row_number() over (order by name = '', value::bigint desc, name) as place
        from jsonb_each_text(${counts}) as each_of(name, value)) as placed
      group by 1) as bounded)`
}

/**
 * Rows in the order of key ids, so that two instances never wait for each other crosswise. The times of uses go as ages
 * and become times by the database's clock, which is the one that they are compared with.
 */
export async function writeUsage(db: Database, usages: [string, KeyUsage][]): Promise<void> {
  const used = usages.filter(([, { lastAt }]) => lastAt > 0)
  const hours = usages.flatMap(([id, { hours }]) => [...hours].map(([start, counts]) => ({ id, start, ...counts })))
  // Joined with api_keys, since a key may be gone with its account by now.
  await db.transaction(async (tx) => {
    if (used.length > 0) await writeLastUses(tx, used)
    await writeDays(tx, hours)
    await writeHours(tx, hours)
    await writeScopes(tx, hours)
  })
}

async function writeLastUses(tx: Database, used: [string, KeyUsage][]): Promise<void> {
  const column = (pick: (id: string, usage: KeyUsage) => unknown) => sql.param(used.map(([id, u]) => pick(id, u)))
  const now = Date.now()
  await tx.execute(sql`
    insert into ${apiKeyUses} as known (key_id, account_id, last_used_at, address, user_agent)
    select k.id, k.account_id, statement_timestamp() - u.age_ms * interval '1 millisecond', u.address, u.user_agent
    from unnest(
      ${column((id) => id)}::text[], ${column((_, u) => u.accountId)}::text[],
      ${column((_, u) => Math.max(0, now - u.lastAt))}::bigint[],
      ${column((_, u) => u.address && storable(u.address, MAX_ADDRESS))}::text[],
      ${column((_, u) => u.userAgent && storable(u.userAgent, MAX_USER_AGENT))}::text[]
    ) as u(id, account_id, age_ms, address, user_agent)
    join ${apiKeys} k on k.id = u.id and k.account_id = u.account_id
    order by k.id
    on conflict (key_id) do update set
      last_used_at = excluded.last_used_at, address = excluded.address, user_agent = excluded.user_agent
      where known.last_used_at < excluded.last_used_at`)
}

type Hour = HourCounts & { id: string; start: number }

async function writeDays(tx: Database, hours: readonly Hour[]): Promise<void> {
  const days = new Map<string, { id: string; day: string; requests: number }>()
  for (const { id, start, requests } of hours) {
    if (requests === 0) continue
    const day = new Date(start).toISOString().slice(0, 10)
    const known = days.get(`${id} ${day}`)
    if (known) known.requests += requests
    else days.set(`${id} ${day}`, { id, day, requests })
  }
  if (days.size === 0) return
  const column = (pick: (day: { id: string; day: string; requests: number }) => unknown) =>
    sql.param([...days.values()].map(pick))
  await tx.execute(sql`
    insert into ${apiKeyUsageDays} as known (account_id, key_id, day, requests)
    select k.account_id, k.id, u.day, u.requests
    from unnest(
      ${column((d) => d.id)}::text[], ${column((d) => d.day)}::date[], ${column((d) => d.requests)}::bigint[]
    ) as u(id, day, requests)
    join ${apiKeys} k on k.id = u.id
    order by k.id, u.day
    on conflict (key_id, day) do update set requests = known.requests + excluded.requests`)
}

/** Counts as JSON, with names that Postgres takes. */
function json(counts: ReadonlyMap<string, number>): string {
  return JSON.stringify(Object.fromEntries([...counts].map(([name, times]) => [storable(name, MAX_ADDRESS), times])))
}

async function writeHours(tx: Database, hours: readonly Hour[]): Promise<void> {
  const column = (pick: (hour: Hour) => unknown) => sql.param(hours.map(pick))
  const added = (name: string) => addedCounts(sql.raw(`known.${name}`), sql.raw(`excluded.${name}`))
  await tx.execute(sql`
    insert into ${apiKeyUsageHours} as known
      (account_id, key_id, hour, requests, refused, refusals, statuses, scopes, addresses)
    select k.account_id, k.id, u.hour, u.requests, u.refused, u.refusals::jsonb, u.statuses::jsonb, u.scopes::jsonb,
      u.addresses::jsonb
    from unnest(
      ${column((h) => h.id)}::text[], ${column((h) => new Date(h.start).toISOString())}::timestamptz[],
      ${column((h) => h.requests)}::bigint[], ${column((h) => h.refused)}::bigint[],
      ${column((h) => json(h.refusals))}::text[], ${column((h) => json(h.statuses))}::text[],
      ${column((h) => json(h.scopes))}::text[], ${column((h) => json(h.addresses))}::text[]
    ) as u(id, hour, requests, refused, refusals, statuses, scopes, addresses)
    join ${apiKeys} k on k.id = u.id
    order by k.id, u.hour
    on conflict (key_id, hour, span) do update set
      requests = known.requests + excluded.requests, refused = known.refused + excluded.refused,
      refusals = ${added('refusals')}, statuses = ${added('statuses')}, scopes = ${added('scopes')},
      addresses = ${boundedCounts(sql`(${added('addresses')})`)}`)
}

async function writeScopes(tx: Database, hours: readonly Hour[]): Promise<void> {
  const uses = new Map<string, { id: string; scope: string; at: number }>()
  for (const { id, start, scopes } of hours) {
    for (const scope of scopes.keys()) {
      const known = uses.get(`${id} ${scope}`)
      if (!known || known.at < start) uses.set(`${id} ${scope}`, { id, scope, at: start })
    }
  }
  if (uses.size === 0) return
  const column = (pick: (use: { id: string; scope: string; at: number }) => unknown) =>
    sql.param([...uses.values()].map(pick))
  await tx.execute(sql`
    insert into ${apiKeyScopeUses} as known (account_id, key_id, scope, first_used_at, last_used_at)
    select k.account_id, k.id, u.scope, u.at, u.at
    from unnest(
      ${column((u) => u.id)}::text[], ${column((u) => storable(u.scope, 64))}::text[],
      ${column((u) => new Date(u.at).toISOString())}::timestamptz[]
    ) as u(id, scope, at)
    join ${apiKeys} k on k.id = u.id
    order by k.id, u.scope
    on conflict (key_id, scope) do update set last_used_at = excluded.last_used_at
      where known.last_used_at < excluded.last_used_at`)
}
