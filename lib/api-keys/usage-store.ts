import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeyScopeUses, apiKeys, apiKeyUsageDays, apiKeyUsageHours, apiKeyUses } from '@/db/schema'
import { storable } from '../text'
import { type Counts, HOUR_MS, type HourCounts, MAX_ADDRESSES, settleAddresses, statusClasses } from './usage-counts'

/** How a key was used, as far as it is not written yet. */
export interface KeyUsage {
  id: string
  accountId: string
  /** Whether its last use and its day are to be written. */
  isNew: boolean
  /** When it was accepted last; 0: it was refused only. */
  lastAt: number
  address: string | null
  userAgent: string | null
  newScopes: readonly NewScope[]
  /** Hours (UTC), the one that was begun last at the end. */
  hours: readonly HourCounts[]
}

/** A scope that was asked for, whose use is to be written. */
export interface NewScope {
  scope: string
  /** When the hour began. */
  start: number
}

/** Characters that are kept; the longest IP address has 45. */
const MAX_USER_AGENT = 256
const MAX_ADDRESS = 45

/**
 * Writes when keys were used last, for what, and how often in a day. Rows in the order of key ids, so that two instances never wait
 * for each other crosswise. The times of uses go as ages and become times by the database's clock, which is the one that
 * they are compared with.
 */
export async function writeUses(db: Database, usages: readonly KeyUsage[]): Promise<void> {
  // As they are now: what comes while this is written is written the next time.
  const hours = hoursOf(usages)
  const scopes = scopesOf(usages)
  await db.transaction((tx) => writeLastUses(tx, usages, hours, scopes))
  for (const { counts, requests } of hours) counts.inDay = requests
  for (const { usage, written } of scopes) usage.newScopes = usage.newScopes.filter((one) => one !== written)
}

/** `writeUses`, with all that is counted by the hour. */
export async function writeUsage(db: Database, usages: readonly KeyUsage[]): Promise<void> {
  const hours = hoursOf(usages)
  await db.transaction(async (tx) => {
    const used = usages.filter(({ isNew }) => isNew)
    await writeLastUses(tx, used, hours, scopesOf(usages))
    await writeHours(tx, hours)
  })
}

type Hour = HourCounts & { id: string; accountId: string; counts: HourCounts }

function hoursOf(usages: readonly KeyUsage[]): Hour[] {
  return usages.flatMap(({ id, accountId, hours }) => hours.map((counts) => ({ id, accountId, counts, ...counts })))
}

interface ScopeUse {
  usage: KeyUsage
  written: NewScope
  /** When in the hour is not kept: at its end at the latest. */
  at: number
}

function scopesOf(usages: readonly KeyUsage[]): ScopeUse[] {
  const now = Date.now()
  return usages.flatMap((usage) =>
    usage.newScopes.map((written) => ({ usage, written, at: Math.min(now, written.start + HOUR_MS - 1) })),
  )
}

async function writeLastUses(
  tx: Database,
  usages: readonly KeyUsage[],
  hours: readonly Hour[],
  scopes: readonly ScopeUse[],
): Promise<void> {
  // All are joined with api_keys, since a key may be gone with its account by now.
  await writeUseTimes(
    tx,
    usages.filter(({ lastAt }) => lastAt > 0),
  )
  await writeDays(tx, hours)
  await writeScopes(tx, scopes)
}

async function writeUseTimes(tx: Database, used: readonly KeyUsage[]): Promise<void> {
  if (used.length === 0) return
  const column = (pick: (usage: KeyUsage) => unknown) => sql.param(used.map(pick))
  const now = Date.now()
  await tx.execute(sql`
    insert into ${apiKeyUses} as known (key_id, account_id, last_used_at, address, user_agent)
    select k.id, k.account_id, statement_timestamp() - u.age_ms * interval '1 millisecond', u.address, u.user_agent
    from unnest(
      ${column((u) => u.id)}::text[], ${column((u) => u.accountId)}::text[],
      ${column((u) => Math.max(0, now - u.lastAt))}::bigint[],
      ${column((u) => u.address && storable(u.address, MAX_ADDRESS))}::text[],
      ${column((u) => u.userAgent && storable(u.userAgent, MAX_USER_AGENT))}::text[]
    ) as u(id, account_id, age_ms, address, user_agent)
    join ${apiKeys} k on k.id = u.id and k.account_id = u.account_id
    order by k.id
    on conflict (key_id) do update set
      last_used_at = excluded.last_used_at, address = excluded.address, user_agent = excluded.user_agent
      where known.last_used_at < excluded.last_used_at`)
}

interface Day {
  id: string
  accountId: string
  day: string
  requests: number
}

async function writeDays(tx: Database, hours: readonly Hour[]): Promise<void> {
  const days = new Map<string, Day>()
  for (const { id, accountId, start, inDay, ...hour } of hours) {
    const requests = hour.requests - inDay
    if (requests === 0) continue
    const day = new Date(start).toISOString().slice(0, 10)
    const known = days.get(`${id} ${day}`)
    if (known) known.requests += requests
    else days.set(`${id} ${day}`, { id, accountId, day, requests })
  }
  if (days.size === 0) return
  const column = (pick: (day: Day) => unknown) => sql.param([...days.values()].map(pick))
  await tx.execute(sql`
    insert into ${apiKeyUsageDays} as known (account_id, key_id, day, requests)
    select k.account_id, k.id, u.day, u.requests
    from unnest(
      ${column((d) => d.id)}::text[], ${column((d) => d.accountId)}::text[],
      ${column((d) => d.day)}::date[], ${column((d) => d.requests)}::bigint[]
    ) as u(id, account_id, day, requests)
    join ${apiKeys} k on k.id = u.id and k.account_id = u.account_id
    order by k.id, u.day
    on conflict (key_id, day) do update set requests = known.requests + excluded.requests`)
}

/** Rows of hours that are added to: as they are, locked until the transaction ends. */
interface KnownHour {
  id: string
  start: number
  refusals: Record<string, number>
  statuses: Record<string, number>
  scopes: Record<string, number>
  addresses: Record<string, number>
}

/**
 * Rows that are there are read, added to here and written: to add JSON up in the statement takes an embedded database ten
 * times as long. Those that are not are made first, empty, since two instances may make them at once.
 */
async function writeHours(tx: Database, hours: readonly Hour[]): Promise<void> {
  let known = await lockHours(tx, hours)
  if (known.size < hours.length) {
    const missing = hours.filter((hour) => !known.has(placeOf(hour)))
    const made = await makeHours(tx, missing)
    // Some are of keys that are gone.
    if (made < missing.length) known = await lockHours(tx, hours)
    else for (const { id, start } of missing) known.set(placeOf({ id, start }), emptyKnown(id, start))
  }
  const sums = hours.flatMap((hour) => {
    const before = known.get(placeOf(hour))
    return before ? [{ ...hour, before }] : []
  })
  if (sums.length === 0) return
  const column = (pick: (sum: (typeof sums)[number]) => unknown) => sql.param(sums.map(pick))
  await tx.execute(sql`
    update ${apiKeyUsageHours} as known set
      requests = known.requests + u.requests, refused = known.refused + u.refused,
      refusals = u.refusals::jsonb, statuses = u.statuses::jsonb, scopes = u.scopes::jsonb, addresses = u.addresses::jsonb
    from unnest(
      ${column((h) => h.id)}::text[], ${column((h) => h.accountId)}::text[],
      ${column((h) => new Date(h.start).toISOString())}::timestamptz[],
      ${column((h) => h.requests)}::bigint[], ${column((h) => h.refused)}::bigint[],
      ${column((h) => added(h.before.refusals, h.refusals))}::text[],
      ${column((h) => added(h.before.statuses, statusClasses(h.counts)))}::text[],
      ${column((h) => added(h.before.scopes, h.scopes))}::text[],
      ${column((h) => bounded(h.before.addresses, settleAddresses(h.counts)))}::text[]
    ) as u(id, account_id, hour, requests, refused, refusals, statuses, scopes, addresses)
    where known.key_id = u.id and known.account_id = u.account_id and known.hour = u.hour and known.span = 'hour'`)
}

const placeOf = ({ id, start }: { id: string; start: number }) => `${id} ${start}`
const emptyKnown = (id: string, start: number): KnownHour => ({
  id,
  start,
  refusals: {},
  statuses: {},
  scopes: {},
  addresses: {},
})

/** In the order of keys and hours, so that two instances never wait for each other crosswise. */
async function lockHours(tx: Database, hours: readonly Hour[]): Promise<Map<string, KnownHour>> {
  const { rows } = (await tx.execute(sql`
    select h.key_id as id, (extract(epoch from h.hour) * 1000)::float8 as start, h.refusals, h.statuses, h.scopes, h.addresses
    from unnest(
      ${sql.param(hours.map(({ id }) => id))}::text[], ${sql.param(hours.map(({ accountId }) => accountId))}::text[],
      ${sql.param(hours.map(({ start }) => new Date(start).toISOString()))}::timestamptz[]
    ) as wanted(id, account_id, hour)
    join ${apiKeyUsageHours} h on h.key_id = wanted.id and h.account_id = wanted.account_id and h.hour = wanted.hour and h.span = 'hour'
    order by h.key_id, h.hour
    for no key update of h`)) as unknown as { rows: KnownHour[] }
  return new Map(rows.map((row) => [placeOf({ id: row.id, start: Number(row.start) }), row]))
}

/** @returns how many this has made */
async function makeHours(tx: Database, hours: readonly Hour[]): Promise<number> {
  const { rows } = (await tx.execute(sql`
    insert into ${apiKeyUsageHours}
      (account_id, key_id, hour, requests, refused, refusals, statuses, scopes, addresses)
    select k.account_id, k.id, wanted.hour, 0, 0, '{}', '{}', '{}', '{}'
    from unnest(
      ${sql.param(hours.map(({ id }) => id))}::text[], ${sql.param(hours.map(({ accountId }) => accountId))}::text[],
      ${sql.param(hours.map(({ start }) => new Date(start).toISOString()))}::timestamptz[]
    ) as wanted(id, account_id, hour)
    join ${apiKeys} k on k.id = wanted.id and k.account_id = wanted.account_id
    order by k.id, wanted.hour
    on conflict (key_id, hour, span) do nothing
    returning 1`)) as unknown as { rows: unknown[] }
  return rows.length
}

/** Counts as JSON, with names that Postgres takes. */
function added(before: Record<string, number>, counts: Counts): string {
  return JSON.stringify(Object.fromEntries(sum(before, counts)))
}

function sum(before: Record<string, number>, counts: Counts): Map<string, number> {
  const sums = new Map(Object.entries(before))
  for (const { name, times } of counts) {
    const stored = storable(name, MAX_ADDRESS)
    sums.set(stored, (sums.get(stored) ?? 0) + times)
  }
  return sums
}

/** `added` that keeps those which count most apart, and the others under the empty name. */
function bounded(before: Record<string, number>, counts: Counts): string {
  const sums = sum(before, counts)
  const others = sums.get('') ?? 0
  sums.delete('')
  const most = [...sums].sort(([, a], [, b]) => b - a)
  const kept = new Map(most.slice(0, MAX_ADDRESSES))
  const rest = most.slice(MAX_ADDRESSES).reduce((all, [, times]) => all + times, others)
  if (rest > 0) kept.set('', rest)
  return JSON.stringify(Object.fromEntries(kept))
}

async function writeScopes(tx: Database, uses: readonly ScopeUse[]): Promise<void> {
  if (uses.length === 0) return
  const column = (pick: (use: ScopeUse) => unknown) => sql.param(uses.map(pick))
  await tx.execute(sql`
    insert into ${apiKeyScopeUses} as known (account_id, key_id, scope, first_used_at, last_used_at)
    select k.account_id, k.id, u.scope, u.at, u.at
    from unnest(
      ${column(({ usage }) => usage.id)}::text[], ${column(({ usage }) => usage.accountId)}::text[],
      ${column(({ written }) => storable(written.scope, 64))}::text[],
      ${column(({ at }) => new Date(at).toISOString())}::timestamptz[]
    ) as u(id, account_id, scope, at)
    join ${apiKeys} k on k.id = u.id and k.account_id = u.account_id
    order by k.id, u.scope
    on conflict (key_id, scope) do update set last_used_at = excluded.last_used_at
      where known.last_used_at < excluded.last_used_at - interval '5 minutes'`)
}
