import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { isDatabaseUnavailable } from '@/db/errors'
import { accounts, credentials, credentialUses, proxyCalls } from '@/db/schema'
import { log } from '../log'
import { decodeAscii, storable, withoutTokens } from '../text'

/** One call through an integration, as it is told once it is over. */
export type ProxyCall = Omit<typeof proxyCalls.$inferSelect, 'id' | 'at'>

type PendingCall = ProxyCall & { id: string; at: number }

/** Characters that are kept. */
const MAX_PATH = 512
const MAX_HOST = 255
const MAX_METHOD = 32
const MAX_REQUEST_ID = 64
/** What Postgres' `integer` holds. */
const MAX_INTEGER = 2_147_483_647

/**
 * Remembers the calls through integrations and writes them behind the requests, in batches: at most five seconds late, and
 * when the process stops in order. A killed process loses at most those seconds of the record; while the database is away
 * for long, the oldest calls are lost.
 */
export class CallRecorder {
  static readonly FLUSH_INTERVAL_MS = 4_000
  /** Calls that are kept in memory, beside as many that are just being written. */
  static readonly MAX_PENDING = 20_000
  static readonly MAX_CALLS_PER_STATEMENT = 500

  /** In the order of their ends. */
  #pending: PendingCall[] = []
  #dropped = 0
  readonly #beginning = randomBytes(10).toString('hex')
  #serial = 0
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(private readonly db: Database) {}

  /**
   * Notes a call. Never waits, never throws.
   * @param call its path with or without the query, which is not kept
   * @param at when the request arrived, in milliseconds since 1970
   */
  record(call: ProxyCall, at = Date.now()): void {
    this.#pending.push({
      ...call,
      id: this.#nextId(),
      at,
      host: storable(call.host, MAX_HOST),
      method: storable(call.method, MAX_METHOD),
      path: storablePath(call.path),
      requestId: storable(call.requestId, MAX_REQUEST_ID),
      latencyMs: whole(call.latencyMs, MAX_INTEGER),
      totalMs: whole(call.totalMs, MAX_INTEGER),
      requestBytes: whole(call.requestBytes, Number.MAX_SAFE_INTEGER),
      responseBytes: whole(call.responseBytes, Number.MAX_SAFE_INTEGER),
    })
    this.#dropOldest()
    // So busy that there would be no room before the interval is over.
    if (this.#pending.length === CallRecorder.MAX_PENDING / 2 && !this.#stopped) void this.flush()
    else this.#schedule()
  }

  /** Unique without drawing random numbers for each call: a process's own beginning, then a number. */
  #nextId(): string {
    this.#serial += 1
    return `call_${this.#beginning}${this.#serial.toString(16).padStart(12, '0')}`
  }

  #schedule(): void {
    if (!this.#stopped) this.#timer ??= setTimeout(() => void this.flush(), CallRecorder.FLUSH_INTERVAL_MS)
  }

  /** Many at a time: to move all the others up for each one would cost more than the calls. */
  #dropOldest(): void {
    const excess = this.#pending.length - CallRecorder.MAX_PENDING
    if (excess <= 0) return
    this.#dropped += this.#pending.splice(0, Math.max(excess, CallRecorder.MAX_CALLS_PER_STATEMENT)).length
  }

  /** Writes what is pending for the last time; what the database does not take now is lost. */
  stop(): Promise<void> {
    this.#stopped = true
    return this.flush()
  }

  /** Writes what is pending. What the database does not take is kept for the next time. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushing = this.#flushing.then(() => this.#write())
    return this.#flushing
  }

  async #write(): Promise<void> {
    this.#tellDropped()
    const calls = this.#pending
    this.#pending = []
    let left: PendingCall[] = []
    let reason: unknown
    for (let start = 0; start < calls.length; start += CallRecorder.MAX_CALLS_PER_STATEMENT) {
      const end = start + CallRecorder.MAX_CALLS_PER_STATEMENT
      const chunk = calls.slice(start, end)
      try {
        await writeCalls(this.db, chunk)
      } catch (error) {
        reason = error
        left = left.concat(chunk)
        // Each of the others would wait as long.
        if (isDatabaseUnavailable(error)) {
          left = left.concat(calls.slice(end))
          break
        }
      }
    }
    if (left.length > 0) this.#giveBack(left, reason)
  }

  #giveBack(calls: PendingCall[], reason: unknown): void {
    const next = this.#stopped ? 'they are lost' : 'they are kept and tried again'
    log.warn({ err: reason, calls: calls.length }, `Calls through integrations could not be written; ${next}`)
    this.#pending = calls.concat(this.#pending)
    this.#dropOldest()
    this.#schedule()
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return
    log.warn(
      { calls: this.#dropped },
      'The oldest calls through integrations were dropped: too many wait to be written',
    )
    this.#dropped = 0
  }
}

/** A path without its query and without tokens, percent-encoded or not. */
function storablePath(path: string): string {
  const [plain = ''] = path.split(/[?#]/, 1)
  const decoded = decodeAscii(plain)
  return storable(withoutTokens(decoded) === decoded ? plain : decoded, MAX_PATH)
}

/** A number that Postgres takes: one value that it refuses would keep a whole batch from being written, for good. */
function whole(value: number, max: number): number {
  return Math.min(Math.max(Math.round(value) || 0, 0), max)
}

/**
 * Also notes when each credential was used last, to the minute: calls are kept for a month only. Times go as ages and become times by the database's clock, which is the one that they are pruned by. Written once, should
 * the answer to an earlier attempt have been lost.
 */
async function writeCalls(db: Database, calls: PendingCall[]): Promise<void> {
  const column = (pick: (call: PendingCall) => unknown) => sql.param(calls.map(pick))
  const now = Date.now()
  // Joined with accounts, since one may be gone by now.
  await db.execute(sql`
    with noted as (
    insert into ${proxyCalls} (
      id, account_id, at, key_id, user_id, integration_id, credential_id, host, method, path, outcome, status,
      latency_ms, total_ms, request_bytes, response_bytes, request_id)
    select c.id, c.account_id, statement_timestamp() - c.age_ms * interval '1 millisecond', c.key_id, c.user_id,
      c.integration_id, c.credential_id, c.host, c.method, c.path, c.outcome, c.status,
      c.latency_ms, c.total_ms, c.request_bytes, c.response_bytes, c.request_id
    from unnest(
      ${column((c) => c.id)}::text[], ${column((c) => c.accountId)}::text[],
      ${column((c) => whole(now - c.at, Number.MAX_SAFE_INTEGER))}::bigint[],
      ${column((c) => c.keyId)}::text[], ${column((c) => c.userId)}::text[],
      ${column((c) => c.integrationId)}::text[], ${column((c) => c.credentialId)}::text[],
      ${column((c) => c.host)}::text[], ${column((c) => c.method)}::text[], ${column((c) => c.path)}::text[],
      ${column((c) => c.outcome)}::text[], ${column((c) => c.status)}::int[],
      ${column((c) => c.latencyMs)}::int[], ${column((c) => c.totalMs)}::int[],
      ${column((c) => c.requestBytes)}::bigint[], ${column((c) => c.responseBytes)}::bigint[],
      ${column((c) => c.requestId)}::text[]
    ) as c(id, account_id, age_ms, key_id, user_id, integration_id, credential_id, host, method, path, outcome, status,
      latency_ms, total_ms, request_bytes, response_bytes, request_id)
    join ${accounts} a on a.id = c.account_id
    on conflict (id) do nothing
    returning account_id, credential_id, at)
    insert into ${credentialUses} as known (account_id, credential_id, last_used_at, known_since)
    select used.account_id, used.id, max(noted.at), min(used.created_at)
    from noted join ${credentials} as used on used.account_id = noted.account_id and used.id = noted.credential_id
    group by used.account_id, used.id order by used.id
    on conflict (credential_id) do update set last_used_at = excluded.last_used_at
      where known.last_used_at is null or known.last_used_at < excluded.last_used_at - interval '1 minute'`)
}

/** Days that calls are kept. */
export const CALL_DAYS_KEPT = 30
const PRUNE_STEP = 5_000

/**
 * Deletes calls that are older than `CALL_DAYS_KEPT`, in steps that hold nothing up. May run anywhere, any number of times.
 * @returns how many were deleted
 */
export async function pruneProxyCalls(db: Database, signal?: AbortSignal): Promise<number> {
  let pruned = 0
  while (!signal?.aborted) {
    const { rows } = (await db.execute(sql`
      with old as (
        select id from ${proxyCalls} where at < now() - ${CALL_DAYS_KEPT}::int * interval '1 day'
        limit ${PRUNE_STEP} for update skip locked)
      delete from ${proxyCalls} as called using old where called.id = old.id
      returning 1`)) as unknown as { rows: unknown[] }
    pruned += rows.length
    if (rows.length < PRUNE_STEP) break
  }
  return pruned
}
