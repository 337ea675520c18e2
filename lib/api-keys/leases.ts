import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeyAllowances } from '@/db/schema'
import type { Rate } from './limits'
import { milliseconds } from './lookup-statements'
import { Meter, type PeriodSeen, type Surrendered } from './meter'

// How requests are counted without asking the database for each: an instance leases some of a key's allowance, in the
// statement by which it looks the key up, and lets requests in on that. What is leased counts as used, by whomever and for
// ever, so that all instances together never let in more than the limit. See docs/decisions/0022.

/** What a key's limits leave it, as the answers to its requests tell. */
export interface LimitState {
  limit: number
  remaining: number
  /** Until there is more. */
  seconds: number
}

/** What the statement says of a key's limits. */
export interface LimitsSeen {
  keyId: string
  accountId: string
  rate: Rate | null
  monthlyQuota: number | null
  /** The database's clock when the statement began, in milliseconds since 1970 with fractions. */
  now: number
  /** What it leased; null: nothing, and it did not look. */
  window: PeriodSeen | null
  month: PeriodSeen | null
}

/** What one key may still do on this instance. */
export class Allowance {
  /** What requests that are being looked up will use of what is left, beside what is leased for them. */
  #claimed: Lacking = { rate: 0, quota: 0 }
  #seen: Omit<LimitsSeen, 'window' | 'month'>
  #rate = new Meter()
  /** Null: it has none. */
  #quota: Meter | null = null

  constructor(seen: LimitsSeen, sentAt: number, answeredAt: number) {
    this.#seen = limitsOf(seen)
    this.learn(seen, sentAt, answeredAt)
  }

  get keyId(): string {
    return this.#seen.keyId
  }

  get accountId(): string {
    return this.#seen.accountId
  }

  learn(seen: LimitsSeen, sentAt: number, answeredAt: number): void {
    this.#seen = limitsOf(seen)
    const { rate, monthlyQuota, window, month, now } = seen
    if (rate) {
      if (window) this.#rate.learn(window, now, sentAt, answeredAt)
      this.#rate.adapt(rate.requests, rate.seconds * 1_000)
    }
    if (monthlyQuota === null) this.#quota = null
    else {
      this.#quota ??= new Meter()
      if (month) this.#quota.learn(month, now, sentAt, answeredAt)
      this.#quota.adapt(monthlyQuota)
    }
  }

  /** What must be leased for so many requests that are about to be looked up. */
  lacks(requests: number, sentAt: number): Lacking {
    const { rate } = this.#seen
    return {
      rate: rate ? this.#rate.lacks(requests, this.#claimed.rate, sentAt) : 0,
      quota: this.#quota?.lacks(requests, this.#claimed.quota, sentAt) ?? 0,
    }
  }

  /**
   * What must be leased for them after all, now that they were looked up: nothing where there is no more.
   * @param own what is claimed for them
   */
  lacksAfterAll(requests: number, own: Lacking): Lacking {
    const { rate, now } = this.#seen
    const { rate: claimed, quota: claimedOfMonth } = this.#claimed
    return {
      rate: rate ? this.#rate.lacksAt(requests, claimed - own.rate, now) : 0,
      quota: this.#quota?.lacksAt(requests, claimedOfMonth - own.quota, now) ?? 0,
    }
  }

  /** Keeps what is left for requests that are being looked up; in place of what was claimed for them before. */
  claim(next: Lacking, before: Lacking): void {
    this.#claimed.rate += next.rate - before.rate
    this.#claimed.quota += next.quota - before.quota
  }

  /** Lets one request in, or says which limit does not. */
  take(): 'admitted' | 'rate_limited' | 'quota_exceeded' {
    const { rate, now } = this.#seen
    // What lasts longer first: who has used up the month need not come back in a minute.
    if (this.#quota?.isUsedUp(now)) return 'quota_exceeded'
    if (rate && this.#rate.isUsedUp(now)) return 'rate_limited'
    this.#quota?.take()
    if (rate) this.#rate.take()
    return 'admitted'
  }

  get rate(): (LimitState & { window: number }) | null {
    const { rate, now } = this.#seen
    if (!rate) return null
    const { remaining } = this.#rate
    return { limit: rate.requests, window: rate.seconds, remaining, seconds: this.#rate.secondsLeft(now) }
  }

  get quota(): LimitState | null {
    const { monthlyQuota, now } = this.#seen
    if (monthlyQuota === null || !this.#quota) return null
    return { limit: monthlyQuota, remaining: this.#quota.remaining, seconds: this.#quota.secondsLeft(now) }
  }

  /** What was leased and not used. */
  surrender(): { window: Surrendered | null; month: Surrendered | null } {
    return { window: this.#rate.surrender(), month: this.#quota?.surrender() ?? null }
  }
}

/** What is kept of what was seen. An allowance is kept for each key that was used of late, so it is to be small. */
function limitsOf({ keyId, accountId, rate, monthlyQuota, now }: LimitsSeen): Omit<LimitsSeen, 'window' | 'month'> {
  return { keyId, accountId, rate, monthlyQuota, now }
}

/** So many requests of each limit. */
export interface Lacking {
  rate: number
  quota: number
}

/**
 * The allowances of the keys that were used of late, by their tokens' hashes; null for a key without limits. In two
 * generations, of which the older is forgotten when the younger is full: a list of what was used when would cost each
 * request more than this look-up does.
 */
export class Allowances {
  /** Of a key that is forgotten, what was leased is lost, and it is asked again whether it has limits. */
  static readonly MAX_KEYS = 200_000

  #young = new Map<string, Allowance | null>()
  #old = new Map<string, Allowance | null>()

  /** @param maxKeys at most so many are remembered, and half as many at least */
  constructor(private readonly maxKeys = Allowances.MAX_KEYS) {}

  /** @returns undefined: nothing is known of the key */
  get(hash: string): Allowance | null | undefined {
    const young = this.#young.get(hash)
    if (young !== undefined) return young
    const old = this.#old.get(hash)
    if (old !== undefined) this.set(hash, old)
    return old
  }

  set(hash: string, of: Allowance | null): void {
    if (this.#young.size >= this.maxKeys / 2) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(hash, of)
  }

  /**
   * Gives back what was leased and not used, when the process ends in order. What the database does not take is lost: that
   * lets nobody in too much.
   */
  async giveBack(db: Database): Promise<void> {
    const all = new Set([...this.#young.values(), ...this.#old.values()])
    const unused = [...all].flatMap((of) => {
      const { window = null, month = null } = of?.surrender() ?? {}
      return of && (window || month) ? [{ id: of.keyId, accountId: of.accountId, window, month }] : []
    })
    unused.sort((a, b) => (a.id < b.id ? -1 : 1))
    const column = (pick: (one: (typeof unused)[number]) => unknown) => sql.param(unused.map(pick))
    if (unused.length === 0) return
    await db.execute(sql`
      with locked as (
        select a.account_id, a.key_id, u.window_start, u.window_left, u.month_start, u.month_left
        from unnest(
          ${column(({ accountId }) => accountId)}::text[], ${column(({ id }) => id)}::text[],
          ${column(({ window }) => window?.start ?? 0)}::numeric[], ${column(({ window }) => window?.left ?? 0)}::int[],
          ${column(({ month }) => month?.start ?? 0)}::numeric[], ${column(({ month }) => month?.left ?? 0)}::int[]
        ) as u(account_id, id, window_start, window_left, month_start, month_left)
        join ${apiKeyAllowances} a on a.account_id = u.account_id and a.key_id = u.id
        order by a.key_id for no key update of a)
      update ${apiKeyAllowances} as known set
        leased = known.leased - case when ${sql.raw(milliseconds('known.started_at'))} = locked.window_start then window_left else 0 end,
        month_leased = known.month_leased
          - case when ${sql.raw(milliseconds("known.month::timestamp at time zone 'utc'"))} = locked.month_start then month_left else 0 end
      from locked where known.account_id = locked.account_id and known.key_id = locked.key_id`)
  }
}
