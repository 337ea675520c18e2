import type { Database } from '@/db/client'
import { log } from '../log'
import { RehearsalCalls, type RehearsedCall } from './rehearsal-calls'
import type { Scope } from './scopes'
import {
  addHour,
  countAddress,
  countOne,
  emptyHour,
  HOUR_MS,
  type HourCounts,
  NO_SCOPE,
  statusClass,
  type UsageRefusal,
} from './usage-counts'
import { type KeyUsage, writeUsage } from './usage-store'

/** A key, as far as its use is noted. */
interface UsedKey {
  id: string
  accountId: string
}

interface From {
  address: string | null
  userAgent: string | null
}

/**
 * Remembers how keys are used and writes it behind the requests, in batches: at most five seconds late, and when the process
 * stops in order. A killed process loses at most those seconds of statistics. Noting is a few look-ups in maps, whoever
 * calls and however many they are: what grows with the requests is a number.
 */
export class UsageRecorder {
  static readonly FLUSH_INTERVAL_MS = 4_000
  /** An embedded database holds up every request while it writes: 100 keys take it some fifteen milliseconds. */
  static readonly MAX_KEYS_PER_STATEMENT = 100
  /** Keys that are kept in memory; while the database is away for long, the use of more of them is not noted. */
  static readonly MAX_PENDING = 50_000

  #pending = new Map<string, KeyUsage>()
  #rehearsals = new RehearsalCalls()
  #dropped = 0
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(private readonly db: Database) {}

  /**
   * Notes that a key was accepted. Never waits, never throws.
   * @param scopes what the request asked for; none: nothing, or it did not say; null: what the key was not granted
   * @param at milliseconds since 1970
   */
  record(key: UsedKey, from: From, scopes: readonly Scope[] | null = [], at = Date.now()): void {
    const usage = this.#usageOf(key)
    if (!usage) return
    if (at >= usage.lastAt) {
      usage.lastAt = at
      usage.address = from.address
      usage.userAgent = from.userAgent
    }
    const hour = hourOf(usage, at)
    hour.requests += 1
    countAddress(hour.addresses, from.address)
    if (scopes?.length === 0) countOne(hour.scopes, NO_SCOPE)
    for (const scope of scopes ?? []) countOne(hour.scopes, scope)
    this.#schedule()
  }

  /** Notes scopes that an accepted request needed beside those that it was let in for. */
  need(key: UsedKey, scopes: readonly Scope[], at = Date.now()): void {
    const usage = this.#usageOf(key)
    if (!usage) return
    const hour = hourOf(usage, at)
    for (const scope of scopes) countOne(hour.scopes, scope)
    this.#schedule()
  }

  /** Notes that a key was refused: it is not used by that. */
  refuse(key: UsedKey, reason: UsageRefusal, at = Date.now()): void {
    const usage = this.#usageOf(key)
    if (!usage) return
    const hour = hourOf(usage, at)
    hour.refused += 1
    countOne(hour.refusals, reason)
    this.#schedule()
  }

  /** Notes the status that a request of a key was answered with. */
  answer(key: UsedKey, status: number, at = Date.now()): void {
    const usage = this.#usageOf(key)
    if (!usage) return
    countOne(hourOf(usage, at).statuses, statusClass(status))
    this.#schedule()
  }

  /** Notes a call that would have failed, were the key revoked. */
  rehearse(key: UsedKey & { rehearsedAt: Date }, call: RehearsedCall, at = Date.now()): void {
    this.#rehearsals.add(key, call, at)
    this.#schedule()
  }

  #usageOf({ id, accountId }: UsedKey): KeyUsage | undefined {
    let usage = this.#pending.get(id)
    if (!usage) {
      if (this.#pending.size >= UsageRecorder.MAX_PENDING) {
        this.#dropped += 1
        return undefined
      }
      usage = { accountId, lastAt: 0, address: null, userAgent: null, hours: new Map(), hour: null, start: 0 }
      this.#pending.set(id, usage)
    }
    return usage
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
    this.#tellDropped()
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
    try {
      await this.#rehearsals.write(this.db)
    } catch (error) {
      log.warn({ err: error }, 'Calls of a rehearsed revocation could not be written; they are kept and tried again')
      this.#schedule()
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
    for (const [start, hour] of earlier.hours) addHour(hourOf(later, start), hour)
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return
    log.warn({ uses: this.#dropped }, 'Usage of API keys was dropped: that of too many keys waits to be written')
    this.#dropped = 0
  }
}

/** What is counted in the hour of this moment: mostly the one that was counted in last. */
function hourOf(usage: KeyUsage, at: number): HourCounts {
  if (usage.hour && at >= usage.start && at - usage.start < HOUR_MS) return usage.hour
  const start = Math.floor(at / HOUR_MS) * HOUR_MS
  let hour = usage.hours.get(start)
  if (!hour) {
    hour = emptyHour()
    usage.hours.set(start, hour)
  }
  usage.hour = hour
  usage.start = start
  return hour
}
