import type { Database } from '@/db/client'
import { log } from '../log'
import { RehearsalCalls, type RehearsedCall } from './rehearsal-calls'
import type { Scope } from './scopes'
import {
  addHour,
  countAddress,
  countOne,
  countStatus,
  emptyHour,
  HOUR_MS,
  type HourCounts,
  hasCount,
  NO_SCOPE,
  type UsageRefusal,
} from './usage-counts'
import { type KeyUsage, writeUsage, writeUses } from './usage-store'

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
 * Remembers how keys are used and writes it behind the requests, in batches: last uses, scopes and daily counts at most five seconds
 * late, what is counted by the hour at most half a minute, and all when the process stops in order. A killed process loses at
 * most that much of its statistics. Noting is a few look-ups in maps, whoever calls and however many they are: what grows
 * with the requests is a number.
 */
export class UsageRecorder {
  static readonly FLUSH_INTERVAL_MS = 4_000
  /** To add up an hour takes several times as long as the rest: written as often, it would cost a busy server a fifth of its requests. */
  static readonly HOURS_INTERVAL_MS = 26_000
  /** An embedded database holds up every request while it writes: so many take it some ten or fifteen milliseconds. */
  static readonly MAX_USES_PER_STATEMENT = 250
  static readonly MAX_KEYS_PER_STATEMENT = 100
  /** Keys that are kept in memory; while the database is away for long, the use of more of them is not noted. */
  static readonly MAX_PENDING = 50_000

  #pending = new Map<string, KeyUsage>()
  /** Of what is pending, that of which the last use is new. */
  #new: KeyUsage[] = []
  /** When the hours are to be written, by the monotonic clock. */
  #hoursDue = 0
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
    this.#markNew(usage)
    const hour = hourOf(usage, at)
    hour.requests += 1
    countAddress(hour, from.address)
    if (scopes?.length === 0) countScope(usage, hour, NO_SCOPE)
    for (const scope of scopes ?? []) countScope(usage, hour, scope)
    this.#schedule()
  }

  /** Notes scopes that an accepted request needed beside those that it was let in for. */
  need(key: UsedKey, scopes: readonly Scope[], at = Date.now()): void {
    const usage = this.#usageOf(key)
    if (!usage) return
    this.#markNew(usage)
    const hour = hourOf(usage, at)
    for (const scope of scopes) countScope(usage, hour, scope)
    this.#schedule()
  }

  /** Notes that a key was refused: it is not used by that. */
  refuse(key: UsedKey, reason: UsageRefusal, at = Date.now()): void {
    const usage = this.#usageOf(key)
    if (!usage) return
    const hour = hourOf(usage, at)
    hour.refused += 1
    hour.refusals = countOne(hour.refusals, reason)
    this.#schedule()
  }

  /** Notes the status that a request of a key was answered with. */
  answer(key: UsedKey, status: number, at = Date.now()): void {
    const usage = this.#usageOf(key)
    if (!usage) return
    countStatus(hourOf(usage, at), status)
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
      usage = {
        id,
        accountId,
        isNew: false,
        lastAt: 0,
        address: null,
        userAgent: null,
        newScopes: [],
        hours: [],
      }
      this.#add(usage)
    }
    return usage
  }

  #add(usage: KeyUsage): void {
    if (this.#pending.size === 0) this.#hoursDue = performance.now() + UsageRecorder.HOURS_INTERVAL_MS
    this.#pending.set(usage.id, usage)
    if (this.#pending.size >= UsageRecorder.MAX_PENDING / 2) this.#hoursDue = 0
  }

  #markNew(usage: KeyUsage): void {
    if (usage.isNew) return
    usage.isNew = true
    this.#new.push(usage)
  }

  #schedule(): void {
    if (!this.#stopped) this.#timer ??= setTimeout(() => this.#tick(), UsageRecorder.FLUSH_INTERVAL_MS)
  }

  #tick(): void {
    if (performance.now() >= this.#hoursDue) {
      void this.flush()
      return
    }
    this.#timer = undefined
    this.#flushing = this.#flushing.then(() => this.#writeUses())
    // For the hours that wait.
    this.#schedule()
  }

  /** Writes what is pending for the last time; what the database does not take now is lost. */
  stop(): Promise<void> {
    this.#stopped = true
    return this.flush()
  }

  /** Writes all that is pending. What the database does not take is kept for the next time. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushing = this.#flushing.then(() => this.#writeAll())
    return this.#flushing
  }

  async #writeUses(): Promise<void> {
    const uses = this.#new.sort(byId)
    this.#new = []
    for (const chunk of chunked(uses, UsageRecorder.MAX_USES_PER_STATEMENT)) {
      for (const usage of chunk) usage.isNew = false
      await this.#attempt(writeUses, chunk, (usage) => this.#markNew(usage))
    }
    await this.#writeRehearsals()
  }

  async #writeAll(): Promise<void> {
    this.#tellDropped()
    const pending = [...this.#pending.values()].sort(byId)
    this.#pending = new Map()
    this.#new = []
    for (const chunk of chunked(pending, UsageRecorder.MAX_KEYS_PER_STATEMENT)) {
      await this.#attempt(writeUsage, chunk, (usage) => this.#giveBack(usage))
    }
    await this.#writeRehearsals()
  }

  async #attempt(
    write: (db: Database, usages: KeyUsage[]) => Promise<void>,
    usages: KeyUsage[],
    giveBack: (usage: KeyUsage) => void,
  ): Promise<void> {
    try {
      await write(this.db, usages)
    } catch (error) {
      const next = this.#stopped ? 'it is lost' : 'it is kept and tried again'
      log.warn({ err: error, keys: usages.length }, `Usage of API keys could not be written; ${next}`)
      for (const usage of usages) giveBack(usage)
      this.#schedule()
    }
  }

  async #writeRehearsals(): Promise<void> {
    try {
      await this.#rehearsals.write(this.db)
    } catch (error) {
      const next = this.#stopped ? 'they are lost' : 'they are kept and tried again'
      log.warn({ err: error }, `Calls of a rehearsed revocation could not be written; ${next}`)
      this.#schedule()
    }
  }

  #giveBack(earlier: KeyUsage): void {
    const later = this.#pending.get(earlier.id)
    if (!later) {
      this.#add(earlier)
      if (earlier.isNew) this.#new.push(earlier)
      return
    }
    if (earlier.lastAt > later.lastAt) {
      later.lastAt = earlier.lastAt
      later.address = earlier.address
      later.userAgent = earlier.userAgent
    }
    if (earlier.isNew) this.#markNew(later)
    for (const { scope, start } of earlier.newScopes) noteScope(later, scope, start)
    for (const hour of earlier.hours) addHour(hourOf(later, hour.start), hour)
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return
    log.warn({ uses: this.#dropped }, 'Usage of API keys was dropped: that of too many keys waits to be written')
    this.#dropped = 0
  }
}

/** What is counted in the hour of this moment: mostly the one that was begun last. */
function hourOf(usage: KeyUsage, at: number): HourCounts {
  const last = usage.hours.at(-1)
  if (last && at >= last.start && at - last.start < HOUR_MS) return last
  const start = Math.floor(at / HOUR_MS) * HOUR_MS
  let hour = usage.hours.find((one) => one.start === start)
  if (!hour) {
    hour = emptyHour(start)
    usage.hours = usage.hours.concat(hour).sort((a, b) => a.start - b.start)
  }
  return hour
}

function countScope(usage: KeyUsage, hour: HourCounts, scope: Scope): void {
  if (!hasCount(hour.scopes, scope)) noteScope(usage, scope, hour.start)
  hour.scopes = countOne(hour.scopes, scope)
}

function noteScope(usage: KeyUsage, scope: string, start: number): void {
  const known = usage.newScopes.find((one) => one.scope === scope)
  if (known && known.start >= start) return
  usage.newScopes = usage.newScopes.filter((one) => one !== known).concat({ scope, start })
}

function byId(a: KeyUsage, b: KeyUsage): number {
  return a.id < b.id ? -1 : 1
}

function* chunked<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}
