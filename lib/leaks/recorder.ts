import type { Database } from '@/db/client'
import type { Origin } from '../audit'
import { log } from '../log'
import { type LeakSource, reportLeak } from './report'

/** A token that was seen in a request to us, until it is written down. */
interface Seen {
  token: string
  source: Extract<LeakSource, 'url' | 'body'>
  from: Origin
}

/**
 * Notes tokens that are seen in requests, where they do not belong, and writes it behind the requests: once for each token
 * and place in some seconds. Whoever sends many that are made up costs a look-up each, of so many at a time.
 */
export class LeakRecorder {
  static readonly FLUSH_INTERVAL_MS = 4_000
  static readonly MAX_PENDING = 1_000

  #pending = new Map<string, Seen>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(private readonly db: Database) {}

  /** Notes that a token was seen. Never waits, never throws. */
  note(token: string, source: Seen['source'], from: Origin): void {
    if (this.#pending.size >= LeakRecorder.MAX_PENDING) return
    this.#pending.set(`${source} ${token}`, { token, source, from })
    if (!this.#stopped) this.#timer ??= setTimeout(() => void this.flush(), LeakRecorder.FLUSH_INTERVAL_MS)
  }

  /** Writes what is pending for the last time. */
  stop(): Promise<void> {
    this.#stopped = true
    return this.flush()
  }

  /** Writes what is pending. What the database does not take is dropped: it says nothing that happens but once. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushing = this.#flushing.then(() => this.#write())
    return this.#flushing
  }

  async #write(): Promise<void> {
    const pending = [...this.#pending.values()]
    this.#pending = new Map()
    for (const { token, source, from } of pending) {
      try {
        await reportLeak(this.db, token, { source, url: null, comment: null, from })
      } catch (error) {
        log.warn({ err: error }, 'A token that was seen in a request could not be noted')
      }
    }
  }
}
