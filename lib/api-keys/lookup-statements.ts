import type { Lacking, LimitsSeen } from './leases'
import { type KeyStatus, keyStatusText } from './status'
import type { Environment } from './token'

/** A key in a statement's answer: the fields of `KeyRecord`, in this order. */
export type KeyTuple = [
  tokenHash: string,
  id: string,
  name: string,
  environment: Environment,
  scopes: string[],
  integrationIds: string[] | null,
  expiresAtMs: number | null,
  retiresAtMs: number | null,
  status: KeyStatus,
  accountId: string,
  accountName: string,
  requests: number | null,
  seconds: number | null,
  monthlyQuota: number | null,
  rare: RareTuple | null,
  /** Null: it changes with time. */
  version: string | null,
]

/** What few keys have; together, since most statements have it of none. */
export type RareTuple = [
  addresses: string[] | null,
  methods: string[] | null,
  accountAddresses: string[] | null,
  rehearsedAtMs: number | null,
]

/** What the statement leased of a key. */
export type LeaseTuple = [
  keyId: string,
  start: number,
  leased: number,
  granted: number,
  month: string,
  monthLeased: number,
  monthGranted: number,
]

/** The one row of a statement's answer. */
export interface Answered {
  keys: KeyTuple[]
  /** The version of what is said of keys beside their own rows; null: there is none to compare. */
  accounts: string | null
  /** When the statement began. */
  now: number
  /** Null: none. */
  leases?: LeaseTuple[] | null
}

/** The one row of `FIND_UNCHANGED`'s answer. */
export interface Unchanged extends Pick<Answered, 'accounts' | 'now'> {
  /** How many of the entries; null: the single one is not. */
  unchanged: number | null
}

/**
 * What a statement says of a key's limits.
 * @param lease what it leased
 * @returns null when the key has none
 */
export function readLimits(
  {
    id: keyId,
    accountId,
    rate,
    monthlyQuota,
  }: Pick<LimitsSeen, 'accountId' | 'rate' | 'monthlyQuota'> & { id: string },
  now: number,
  lease: LeaseTuple | undefined,
): LimitsSeen | null {
  if (!rate && monthlyQuota === null) return null
  if (!lease) return { keyId, accountId, rate, monthlyQuota, now, window: null, month: null }
  const [, start, leased, granted, month, monthLeased, monthGranted] = lease
  return {
    keyId,
    accountId,
    rate,
    monthlyQuota,
    now,
    window: { start, end: start + (rate?.seconds ?? 0) * 1_000, leased, granted },
    month: { ...monthOf(month), leased: monthLeased, granted: monthGranted },
  }
}

/** A calendar month in UTC, of its first day. */
function monthOf(day: string): { start: number; end: number } {
  const [year = 0, month = 1] = day.split('-').map(Number)
  return { start: Date.UTC(year, month - 1), end: Date.UTC(year, month) }
}

/** A time in milliseconds since 1970, with fractions: as exact as both Postgres and JavaScript keep it. */
export function milliseconds(time: string): string {
  return `extract(epoch from ${time}) * 1000`
}

const BESIDE = `(select row_version::text from account_changes) as accounts, ${milliseconds('statement_timestamp()')} as now`

/**
 * All keys as one JSON value: the database writes it and the runtime reads it faster than either handles rows of columns.
 * `api_keys` is a key's row.
 */
const KEYS = `coalesce(json_agg(json_build_array(
    token_hash, id, api_keys.name, environment, scopes, integration_ids, floor(extract(epoch from expires_at) * 1000),
    floor(extract(epoch from retires_at) * 1000), ${keyStatusText}, api_keys.account_id, account.name,
    rate_requests, rate_seconds, monthly_quota,
    case when coalesce(addresses, methods, account.key_addresses) is not null or rehearsing_until is not null
      then json_build_array(addresses, methods, account.key_addresses,
        case when rehearsing_until > statement_timestamp() then round(${milliseconds('rehearsed_at')}) end) end,
    case when rehearsing_until is null then row_version::text end
  )), '[]') as keys, ${BESIDE}`

const ACCOUNT = `cross join lateral (
    select name, key_addresses from accounts left join account_policies on account_policies.account_id = accounts.id
    where id = api_keys.account_id limit 1) as account`

/**
 * Each hash and each account is looked for by itself, and the array is a sub-query, so that the plan is by the indexes and
 * made once, whatever statistics there are: an empty table's plan would else be kept while it fills.
 */
export const FIND_KEYS = `
  select ${KEYS}
  from unnest((select $1::text[])) as wanted
  cross join lateral (select * from api_keys where token_hash = wanted limit 1) as api_keys
  ${ACCOUNT}`

/** A hash, base64url of 32 bytes, takes so many characters. What is to be leased stands behind it. */
const HASH_LENGTH = 43

/** An entry of `FIND_UNCHANGED`: what the key's row was read as. */
export function knownEntry(hash: string, version: string): string {
  return `${hash}_${version}`
}

/** A row if an entry's key is accepted, and still as it was read. One whose revocation is rehearsed never is: that ends with time. */
const isUnchanged = (entry: string) => `
  select 1 from api_keys
  where token_hash = left(${entry}, ${HASH_LENGTH}) and row_version = substr(${entry}, ${HASH_LENGTH + 2})::bigint
    and ${keyStatusText} in ('active', 'retiring') and rehearsing_until is null`

/**
 * How many of these keys are unchanged: less than half the work, here and there, of reading them again. A sub-query each, for
 * the plan's sake.
 */
export const FIND_UNCHANGED = `
  select count((${isUnchanged('entry')}))::int as unchanged, ${BESIDE}
  from unnest((select $1::text[])) as entry`

/** The same of a single one, for who has nobody to share a statement with: a tenth of its time would go to the array. */
export const FIND_ONE_UNCHANGED = `select (${isUnchanged('($1::text[])[1]')}) as unchanged, ${BESIDE}`

/** An entry of `FIND_KEYS_AND_LEASE` that leases; one that does not is the hash alone. */
export function leaseEntry(hash: string, { rate, quota }: Lacking): string {
  return `${hash}_${rate}_${quota}`
}

/**
 * How much is leased: at least what is wanted, and more as long as there is much, so that a busy key asks seldom; never more
 * than is left. What an instance has leased and does not use is lost to the others until the period ends.
 */
function grant(limit: string, leased: string, wanted: string, more: string): string {
  return `case when ${limit} is null or ${wanted} = 0 then 0
    else greatest(0, least(${limit} - ${leased}, greatest(${wanted}, ${more}))) end`
}

/** A tenth of what is left of a window. */
const rateGrant = (limit: string, leased: string, wanted: string) =>
  grant(limit, leased, wanted, `(${limit} - ${leased} + 9) / 10`)
/** Of a month, little: what a process that is killed has leased is lost for all its days. */
const quotaGrant = (limit: string, leased: string, wanted: string) =>
  grant(limit, leased, wanted, `least(100, (${limit} - ${leased} + 99) / 100)`)

const THIS_MONTH = `date_trunc('month', statement_timestamp() at time zone 'utc')::date`

/**
 * `FIND_KEYS` that leases on the way. Of two instances that lease of one key at once, the second waits for the first, in
 * the order of ids so that they never wait for each other, and goes on with the row as the first has left it; that may be of a
 * window, or a month, that began after its own statement had. Nothing waits for the disk: what a crash of the database forgets is a lease of some milliseconds.
 */
export const FIND_KEYS_AND_LEASE = `
  with settings as materialized (select set_config('synchronous_commit', 'off', true) as commit),
  asked as materialized (
    select left(entry, ${HASH_LENGTH}) as hash,
      coalesce(nullif(split_part(substr(entry, ${HASH_LENGTH + 2}), '_', 1), '')::int, 0) as wanted,
      coalesce(nullif(split_part(substr(entry, ${HASH_LENGTH + 2}), '_', 2), '')::int, 0) as month_wanted
    from unnest((select $1::text[])) as entry),
  found as materialized (
    select asked.wanted, asked.month_wanted, api_keys.*
    from asked cross join lateral (select * from api_keys where token_hash = asked.hash limit 1) as api_keys),
  leased as (
    insert into api_key_allowances as known
      (key_id, account_id, started_at, leased, granted, wanted, month, month_leased, month_granted, month_wanted)
    select id, account_id, statement_timestamp(), first.granted, first.granted, wanted,
      ${THIS_MONTH}, first.month_granted, first.month_granted, month_wanted
    from settings cross join found as api_keys
    cross join lateral (select
      ${rateGrant('rate_requests', '0', 'wanted')} as granted,
      ${quotaGrant('monthly_quota', '0', 'month_wanted')} as month_granted) as first
    where commit is not null and wanted + month_wanted > 0 and (rate_requests is not null or monthly_quota is not null)
      and ${keyStatusText} in ('active', 'retiring')
    order by id
    on conflict (key_id) do update set
      (started_at, leased, granted, wanted, month, month_leased, month_granted, month_wanted) = (
        select case when present.runs then known.started_at else statement_timestamp() end,
          before.leased + next.granted, next.granted, excluded.wanted,
          greatest(known.month, ${THIS_MONTH}), before.month_leased + next.month_granted, next.month_granted, excluded.month_wanted
        from api_keys as limits
        cross join lateral (
          select known.started_at + limits.rate_seconds * interval '1 second' > statement_timestamp() as runs) as present
        cross join lateral (select
          case when present.runs then known.leased else 0 end as leased,
          case when known.month >= ${THIS_MONTH} then known.month_leased else 0 end as month_leased) as before
        cross join lateral (select
          ${rateGrant('limits.rate_requests', 'before.leased', 'excluded.wanted')} as granted,
          ${quotaGrant('limits.monthly_quota', 'before.month_leased', 'excluded.month_wanted')} as month_granted) as next
        where limits.id = excluded.key_id)
    returning *)
  select ${KEYS}, (
    select json_agg(json_build_array(
      key_id, ${milliseconds('started_at')}, leased, granted, month, month_leased, month_granted))
    from leased) as leases
  from found as api_keys
  ${ACCOUNT}`
