import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeyAllowances } from '@/db/schema'
import { Generations } from '../generations'
import { log } from '../log'
import { DEFAULT_RATE, type Rate } from './limits'
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

/** What one key may still do on this instance. One is kept for each key that was used of late, so it is to be small. */
export class Allowance {
  #keyId: string
  #accountId: string
  #rate: Rate | null = null
  #monthlyQuota: number | null = null
  /** The database's clock when it was asked last. */
  #now = 0
  /** Null: it has none. */
  #window: Meter | null = null
  #month: Meter | null = null
  /** What requests that are being looked up will use of what is left, beside what is leased for them. */
  #claimedOfWindow = 0
  #claimedOfMonth = 0

  constructor(seen: LimitsSeen, sentAt: number, answeredAt: number) {
    this.#keyId = seen.keyId
    this.#accountId = seen.accountId
    this.learn(seen, sentAt, answeredAt)
  }

  get keyId(): string {
    return this.#keyId
  }

  get accountId(): string {
    return this.#accountId
  }

  learn({ rate, monthlyQuota, window, month, now }: LimitsSeen, sentAt: number, answeredAt: number): void {
    this.#now = now
    this.#monthlyQuota = monthlyQuota
    if (!isSameRate(rate, this.#rate)) this.#rate = isSameRate(rate, DEFAULT_RATE) ? DEFAULT_RATE : rate
    if (!rate) this.#window = null
    else {
      this.#window ??= new Meter()
      if (window) this.#window.learn(window, now, sentAt, answeredAt)
      this.#window.adapt(rate.requests, rate.seconds * 1_000)
    }
    if (monthlyQuota === null) this.#month = null
    else {
      this.#month ??= new Meter()
      if (month) this.#month.learn(month, now, sentAt, answeredAt)
      this.#month.adapt(monthlyQuota)
    }
  }

  /** What must be leased for so many requests that are about to be looked up. */
  lacks(requests: number, sentAt: number): Lacking {
    return {
      rate: this.#window?.lacks(requests, this.#claimedOfWindow, sentAt) ?? 0,
      quota: this.#month?.lacks(requests, this.#claimedOfMonth, sentAt) ?? 0,
    }
  }

  /**
   * What must be leased for them after all, now that they were looked up: nothing where there is no more.
   * @param own what is claimed for them
   */
  lacksAfterAll(requests: number, own: Lacking): Lacking {
    return {
      rate: this.#window?.lacksAt(requests, this.#claimedOfWindow - own.rate, this.#now) ?? 0,
      quota: this.#month?.lacksAt(requests, this.#claimedOfMonth - own.quota, this.#now) ?? 0,
    }
  }

  /** Keeps what is left for requests that are being looked up; in place of what was claimed for them before. */
  claim(next: Lacking, before: Lacking): void {
    this.#claimedOfWindow += next.rate - before.rate
    this.#claimedOfMonth += next.quota - before.quota
  }

  /** Lets one request in, or says which limit does not. */
  take(): 'admitted' | 'rate_limited' | 'quota_exceeded' {
    // What lasts longer first: who has used up the month need not come back in a minute.
    if (this.#month?.isUsedUp(this.#now)) return 'quota_exceeded'
    if (this.#window?.isUsedUp(this.#now)) return 'rate_limited'
    this.#month?.take()
    this.#window?.take()
    return 'admitted'
  }

  get rate(): (LimitState & { window: number }) | null {
    if (!this.#rate || !this.#window) return null
    const { requests, seconds } = this.#rate
    const { remaining } = this.#window
    return { limit: requests, window: seconds, remaining, seconds: this.#window.secondsLeft(this.#now) }
  }

  get quota(): LimitState | null {
    if (this.#monthlyQuota === null || !this.#month) return null
    const { remaining } = this.#month
    return { limit: this.#monthlyQuota, remaining, seconds: this.#month.secondsLeft(this.#now) }
  }

  /** What was leased and not used, of periods that have not ended yet. */
  surrender(): { window: Surrendered | null; month: Surrendered | null } {
    const now = performance.now()
    return { window: this.#window?.surrender(now) ?? null, month: this.#month?.surrender(now) ?? null }
  }
}

function isSameRate(a: Rate | null, b: Rate | null): boolean {
  return a === b || (a !== null && b !== null && a.requests === b.requests && a.seconds === b.seconds)
}

/** So many requests of each limit. */
export interface Lacking {
  rate: number
  quota: number
}

/** The allowances of the keys that were used of late, by their tokens' hashes; null for a key without limits. */
export class Allowances {
  /** Of a key that is forgotten for want of room, what was leased is lost; each is asked again whether it has limits. */
  static readonly MAX_KEYS = 200_000
  /** A key that is not used for so long is forgotten within as long again, and what was leased of it given back. */
  static readonly FORGET_AFTER_MS = 60_000
  /** An embedded database holds up every request while it writes. */
  static readonly MAX_KEYS_PER_STATEMENT = 250

  readonly #known: Generations<Allowance | null>
  #givingBack: Promise<void> = Promise.resolve()

  /** @param maxKeys at most so many are remembered, and half as many at least of those in use */
  constructor(
    private readonly db: Database,
    maxKeys = Allowances.MAX_KEYS,
  ) {
    this.#known = new Generations(maxKeys, Allowances.FORGET_AFTER_MS, (forgotten) => this.#giveBackNext(forgotten))
  }

  /** @returns undefined: nothing is known of the key */
  get(hash: string): Allowance | null | undefined {
    return this.#known.get(hash)
  }

  set(hash: string, of: Allowance | null): void {
    this.#known.set(hash, of)
  }

  /** Gives back what was leased and not used, when the process ends in order. Never throws. */
  stop(): Promise<void> {
    return this.#giveBackNext(this.#known.stop())
  }

  #giveBackNext(allowances: (Allowance | null)[]): Promise<void> {
    this.#givingBack = this.#givingBack.then(() => this.#giveBack(allowances))
    return this.#givingBack
  }

  /** What the database does not take is lost for a while: that lets nobody in too much, and is no reason not to go on. */
  async #giveBack(allowances: (Allowance | null)[]): Promise<void> {
    const unused = allowances.flatMap((of) => {
      const { window = null, month = null } = of?.surrender() ?? {}
      return of && (window || month) ? [{ id: of.keyId, accountId: of.accountId, window, month }] : []
    })
    unused.sort((a, b) => (a.id < b.id ? -1 : 1))
    try {
      for (let start = 0; start < unused.length; start += Allowances.MAX_KEYS_PER_STATEMENT) {
        await giveBack(this.db, unused.slice(start, start + Allowances.MAX_KEYS_PER_STATEMENT))
      }
    } catch (error) {
      log.warn(
        { err: error },
        'Allowances of API keys could not be given back; they are whole again with their next period',
      )
    }
  }
}

interface Unused {
  id: string
  accountId: string
  window: Surrendered | null
  month: Surrendered | null
}

async function giveBack(db: Database, unused: readonly Unused[]): Promise<void> {
  const column = (pick: (one: Unused) => unknown) => sql.param(unused.map(pick))
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
