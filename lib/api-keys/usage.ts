import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys, apiKeyUsageDays, apiKeyUses } from '@/db/schema'
import { log } from '../log'
import { storable } from '../text'

interface KeyUsage {
  accountId: string
  lastAt: number
  address: string | null
  userAgent: string | null
  /** Requests by UTC day, `2026-11-24`. */
  days: Map<string, number>
}

const DAY_MS = 86_400_000
/** Characters that are kept; the longest IP address has 45. */
const MAX_USER_AGENT = 256
const MAX_ADDRESS = 45

/**
 * Remembers which keys were accepted and writes it behind the requests, in batches: at most five seconds late, and
 * when the process stops in order. A killed process loses at most those seconds of statistics.
 */
export class UsageRecorder {
  static readonly FLUSH_INTERVAL_MS = 4_000
  /** An embedded database holds up every request while it writes: 250 keys take it some ten milliseconds. */
  static readonly MAX_KEYS_PER_STATEMENT = 250

  #pending = new Map<string, KeyUsage>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()
  #stopped = false
  #day = { start: 0, name: '' }

  constructor(private readonly db: Database) {}

  /**
   * Notes that a key was accepted. Never waits, never throws.
   * @param at milliseconds since 1970
   */
  record(
    key: { id: string; accountId: string },
    from: { address: string | null; userAgent: string | null },
    at = Date.now(),
  ): void {
    const day = this.#dayName(at)
    const usage = this.#pending.get(key.id)
    if (usage) {
      if (at >= usage.lastAt) {
        usage.lastAt = at
        usage.address = from.address
        usage.userAgent = from.userAgent
      }
      usage.days.set(day, (usage.days.get(day) ?? 0) + 1)
    } else {
      const { address, userAgent } = from
      this.#pending.set(key.id, {
        accountId: key.accountId,
        lastAt: at,
        address,
        userAgent,
        days: new Map([[day, 1]]),
      })
    }
    this.#schedule()
  }

  #schedule(): void {
    if (!this.#stopped) this.#timer ??= setTimeout(() => void this.flush(), UsageRecorder.FLUSH_INTERVAL_MS)
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
    const pending = [...this.#pending].sort(([a], [b]) => (a < b ? -1 : 1))
    this.#pending = new Map()
    for (let start = 0; start < pending.length; start += UsageRecorder.MAX_KEYS_PER_STATEMENT) {
      const chunk = pending.slice(start, start + UsageRecorder.MAX_KEYS_PER_STATEMENT)
      try {
        await writeUsage(this.db, chunk)
      } catch (error) {
        log.warn(
          { err: error, keys: chunk.length },
          'Usage of API keys could not be written; it is kept and tried again',
        )
        for (const [id, usage] of chunk) this.#giveBack(id, usage)
        this.#schedule()
      }
    }
  }

  #giveBack(id: string, earlier: KeyUsage): void {
    const later = this.#pending.get(id)
    if (!later) {
      this.#pending.set(id, earlier)
      return
    }
    if (earlier.lastAt > later.lastAt) {
      later.lastAt = earlier.lastAt
      later.address = earlier.address
      later.userAgent = earlier.userAgent
    }
    for (const [day, requests] of earlier.days) later.days.set(day, (later.days.get(day) ?? 0) + requests)
  }

  #dayName(at: number): string {
    if (at - this.#day.start >= DAY_MS || at < this.#day.start) {
      const start = Math.floor(at / DAY_MS) * DAY_MS
      this.#day = { start, name: new Date(start).toISOString().slice(0, 10) }
    }
    return this.#day.name
  }
}

/**
 * Rows in the order of key ids, so that two instances never wait for each other crosswise. The times of uses go as ages
 * and become times by the database's clock, which is the one that they are compared with.
 */
async function writeUsage(db: Database, usages: [string, KeyUsage][]): Promise<void> {
  const column = (pick: (id: string, usage: KeyUsage) => unknown) =>
    sql.param(usages.map(([id, usage]) => pick(id, usage)))
  const now = Date.now()
  const days = usages.flatMap(([id, usage]) => [...usage.days].map(([day, requests]) => ({ id, day, requests })))
  // Joined with api_keys, since a key may be gone with its account by now.
  await db.transaction(async (tx) => {
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
    await tx.execute(sql`
      insert into ${apiKeyUsageDays} as known (account_id, key_id, day, requests)
      select k.account_id, k.id, u.day, u.requests
      from unnest(
        ${sql.param(days.map((d) => d.id))}::text[], ${sql.param(days.map((d) => d.day))}::date[], ${sql.param(days.map((d) => d.requests))}::bigint[]
      ) as u(id, day, requests)
      join ${apiKeys} k on k.id = u.id
      order by k.id, u.day
      on conflict (key_id, day) do update set requests = known.requests + excluded.requests`)
  })
}

/** Days that daily counts are kept: three times what any page shows. */
export const USAGE_DAYS_KEPT = 90
const PRUNE_STEP = 5_000

/**
 * Deletes daily counts that are older than `USAGE_DAYS_KEPT`, in steps that hold nothing up. May run anywhere, any number of
 * times.
 * @returns how many were deleted
 */
export async function pruneUsage(db: Database, signal?: AbortSignal): Promise<number> {
  let pruned = 0
  while (!signal?.aborted) {
    const { rows } = (await db.execute(sql`
      with old as (
        select key_id, day from ${apiKeyUsageDays}
        where day < (now() at time zone 'utc')::date - ${USAGE_DAYS_KEPT}::int
        limit ${PRUNE_STEP} for update skip locked)
      delete from ${apiKeyUsageDays} as counted using old where counted.key_id = old.key_id and counted.day = old.day
      returning 1`)) as unknown as { rows: unknown[] }
    pruned += rows.length
    if (rows.length < PRUNE_STEP) break
  }
  return pruned
}
