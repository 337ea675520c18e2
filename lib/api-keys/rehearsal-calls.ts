import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeyRehearsalCalls, apiKeys } from '@/db/schema'
import { storable } from '../text'

/** A call that would have failed. */
export interface RehearsedCall {
  address: string | null
  userAgent: string | null
  /** Null: whoever had the token verified did not say. */
  method: string | null
  /** With or without the query, which is not kept. */
  path: string
  /** Slug of the integration that it called; null: none. */
  integration: string | null
}

interface Pending
  extends Record<'keyId' | 'accountId' | 'address' | 'userAgent' | 'method' | 'path' | 'integration', string> {
  rehearsedAt: Date
  calls: number
  firstAt: number
  lastAt: number
}

/** Characters that are kept: all of them are in an index. */
const MAX_TEXT = 200
/** Rows of a key's rehearsal. What comes when there are so many is counted in one that says nothing more. */
export const MAX_REHEARSAL_ROWS = 200
/** Alike calls that are told apart before they are written. What comes beyond is counted in one row of the key. */
const MAX_PENDING = 5_000

/** What is kept of a call, and tells it from others. */
type Place = Pick<Pending, 'address' | 'userAgent' | 'method' | 'path' | 'integration'>

/** A call of which nothing is kept but that it was made. */
const UNTOLD: Place = { address: '', userAgent: '', method: '', path: '', integration: '' }

/**
 * The calls of keys whose revocation is rehearsed, alike ones together, until they are written: `MAX_PENDING` of them, as
 * many again while those are being written, and nothing of each but what is kept.
 */
export class RehearsalCalls {
  #pending = new Map<string, Pending>()

  add(key: { id: string; accountId: string; rehearsedAt: Date }, call: RehearsedCall, at: number): void {
    const { id: keyId, accountId, rehearsedAt } = key
    const once = { keyId, accountId, rehearsedAt, calls: 1, firstAt: at, lastAt: at }
    this.#put({ ...once, ...placeOf(call) })
  }

  /** Writes what is pending; what the database does not take stays. */
  async write(db: Database): Promise<void> {
    if (this.#pending.size === 0) return
    const pending = this.#pending
    this.#pending = new Map()
    try {
      await writeCalls(db, sorted(pending))
    } catch (error) {
      const later = this.#pending
      this.#pending = pending
      for (const call of later.values()) this.#put(call)
      throw error
    }
  }

  #put(call: Pending): void {
    const place = nameOf(call)
    const known = this.#pending.get(place)
    if (known) {
      this.#pending.set(place, sum(known, call))
      return
    }
    if (this.#pending.size < MAX_PENDING) {
      this.#pending.set(place, ofItsOwn(call))
      return
    }
    const untold = { ...call, ...UNTOLD }
    const others = this.#pending.get(nameOf(untold))
    this.#pending.set(nameOf(untold), others ? sum(others, untold) : untold)
  }
}

function placeOf(call: RehearsedCall): Place {
  const [path = ''] = call.path.split(/[?#]/, 1)
  return {
    address: storable(call.address ?? '', 45),
    userAgent: storable(call.userAgent ?? '', MAX_TEXT),
    method: storable(call.method ?? '', 16),
    path: storable(path, MAX_TEXT),
    integration: storable(call.integration ?? '', 64),
  }
}

function nameOf(call: Pending): string {
  const { keyId, rehearsedAt, address, userAgent, method, path, integration } = call
  return [keyId, rehearsedAt.getTime(), address, userAgent, method, path, integration].join('\n')
}

/** With texts of its own: those that were cut would else keep all that they were cut from, which may be 16 KB a call. */
function ofItsOwn(call: Pending): Pending {
  const copy = (text: string) => Buffer.from(text).toString()
  const { address, userAgent, method, path, integration } = call
  return {
    ...call,
    address: copy(address),
    userAgent: copy(userAgent),
    method: copy(method),
    path: copy(path),
    integration: copy(integration),
  }
}

function sum(a: Pending, b: Pending): Pending {
  return {
    ...a,
    calls: a.calls + b.calls,
    firstAt: Math.min(a.firstAt, b.firstAt),
    lastAt: Math.max(a.lastAt, b.lastAt),
  }
}

/** Sorted, so that two instances never wait for each other crosswise. */
function sorted(calls: ReadonlyMap<string, Pending>): Pending[] {
  return [...calls].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call)
}

/** Rows of a rehearsal that has ended are written too: they were made while it lasted. */
async function writeCalls(db: Database, calls: readonly Pending[]): Promise<void> {
  const now = Date.now()
  const column = (pick: (call: Pending) => unknown) => sql.param(calls.map(pick))
  const columns = sql.raw('account_id, key_id, rehearsed_at, address, user_agent, method, path, integration')
  await db.execute(sql`
    with given as (
      select k.account_id, k.id as key_id, c.rehearsed_at, c.address, c.user_agent, c.method, c.path, c.integration,
        c.calls, statement_timestamp() - c.first_ms * interval '1 millisecond' as first_at,
        statement_timestamp() - c.last_ms * interval '1 millisecond' as last_at,
        exists (select 1 from ${apiKeyRehearsalCalls} r where r.key_id = k.id and r.rehearsed_at = c.rehearsed_at
          and r.address = c.address and r.user_agent = c.user_agent and r.method = c.method and r.path = c.path
          and r.integration = c.integration) as known,
        (select count(*) from ${apiKeyRehearsalCalls} r where r.key_id = k.id and r.rehearsed_at = c.rehearsed_at) as rows
      from unnest(
        ${column((c) => c.keyId)}::text[], ${column((c) => c.accountId)}::text[],
        ${column((c) => c.rehearsedAt.toISOString())}::timestamptz[], ${column((c) => c.address)}::text[],
        ${column((c) => c.userAgent)}::text[], ${column((c) => c.method)}::text[], ${column((c) => c.path)}::text[],
        ${column((c) => c.integration)}::text[], ${column((c) => c.calls)}::bigint[],
        ${column((c) => Math.max(0, now - c.firstAt))}::bigint[], ${column((c) => Math.max(0, now - c.lastAt))}::bigint[]
      ) as c(key_id, account_id, rehearsed_at, address, user_agent, method, path, integration, calls, first_ms, last_ms)
      join ${apiKeys} k on k.id = c.key_id and k.account_id = c.account_id),
    placed as (
      select *, known or rows + row_number() over (partition by key_id, rehearsed_at, known
        order by address, user_agent, method, path) < ${MAX_REHEARSAL_ROWS} as apart
      from given)
    insert into ${apiKeyRehearsalCalls} as kept (${columns}, calls, first_at, last_at)
    select account_id, key_id, rehearsed_at, case when apart then address else '' end,
      case when apart then user_agent else '' end, case when apart then method else '' end,
      case when apart then path else '' end, case when apart then integration else '' end,
      sum(calls), min(first_at), max(last_at)
    from placed group by 1, 2, 3, 4, 5, 6, 7, 8 order by 2, 3, 4, 5, 6, 7, 8
    on conflict (key_id, rehearsed_at, address, user_agent, method, path, integration) do update set
      calls = kept.calls + excluded.calls, first_at = least(kept.first_at, excluded.first_at),
      last_at = greatest(kept.last_at, excluded.last_at)`)
}
