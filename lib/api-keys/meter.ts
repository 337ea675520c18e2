/** What a lease says of one limit of a key: of its period, by the database's clock. */
export interface PeriodSeen {
  /** In milliseconds since 1970, with fractions. */
  start: number
  end: number
  /** What is leased of it, by all instances. */
  leased: number
  /** What this lease has added to that. */
  granted: number
}

/** What was leased of a period and not used. */
export interface Surrendered {
  start: number
  left: number
}

/** After so long it is asked again whether there is more of what was all leased: instances that end give back what they did not use. */
const ASK_AGAIN_MS = 60_000

/** One limit of one key, as this instance knows it. */
export class Meter {
  #start: number | null = null
  #end = 0
  #limit = 0
  /** Leased by all instances, as far as is known. */
  #leased = 0
  /** When that was answered, and when it was last asked for, by this machine's monotonic clock. */
  #leasedAnsweredAt = 0
  #askedAt = 0
  /** Leased by this one, and not yet used. */
  #left = 0
  /** When the period ends by this machine's monotonic clock: at that moment or a little before. */
  #endsHere = 0

  /**
   * Takes in a lease by a statement that was sent and answered at these times (of the monotonic clock) and begun at `now` (the
   * database's).
   */
  learn({ start, end, leased, granted }: PeriodSeen, now: number, sentAt: number, answeredAt: number): void {
    // An answer that was overtaken may tell of a period before.
    if (start < (this.#start ?? 0)) return
    if (start !== this.#start) {
      this.#start = start
      this.#leased = 0
      this.#left = 0
    }
    // Of two that were under way at once nobody knows which is the later: that less is leased, one sent after the answer says.
    if (leased >= this.#leased || sentAt >= this.#leasedAnsweredAt) {
      this.#leased = leased
      this.#leasedAnsweredAt = answeredAt
    }
    this.#askedAt = Math.max(this.#askedAt, sentAt)
    this.#left += granted
    this.#end = end
    // A statement that waited for another's lease may tell of a period that began after itself.
    this.#endsHere = sentAt + end - Math.max(now, start)
  }

  /** Takes in what the limit is now, and the length of its period where that may change. */
  adapt(limit: number, lengthMs?: number): void {
    this.#limit = limit
    if (lengthMs === undefined || this.#start === null) return
    const end = this.#start + lengthMs
    this.#endsHere += end - this.#end
    this.#end = end
  }

  /** How much must be leased for so many requests, as far as can be told before the database is asked. */
  lacks(requests: number, claimed: number, sentAt: number): number {
    if (this.#start === null || sentAt >= this.#endsHere) return requests
    if (this.#leased >= this.#limit) return sentAt >= this.#askedAt + ASK_AGAIN_MS ? requests : 0
    return Math.max(0, requests - Math.max(0, this.#left - claimed))
  }

  /** How much must be leased after all, since a period began or a limit was raised; by the database's clock. */
  lacksAt(requests: number, claimed: number, now: number): number {
    if (now >= this.#end) return requests
    return this.lacks(requests, claimed, Number.NEGATIVE_INFINITY)
  }

  isUsedUp(now: number): boolean {
    return now >= this.#end || this.#left === 0 || this.remaining < 1
  }

  take(): void {
    this.#left -= 1
  }

  /** Requests that this instance could still let in. */
  get remaining(): number {
    return Math.max(0, this.#limit - this.#leased + this.#left)
  }

  /** Seconds until the period ends, at least one. */
  secondsLeft(now: number): number {
    // Seen by a statement that began before the period did, it has its whole length before it, and no more.
    return Math.max(1, Math.ceil((this.#end - Math.max(now, this.#start ?? 0)) / 1_000))
  }

  /**
   * Gives up what was leased and not used; of a period that has ended that is nothing to anybody.
   * @param at by this machine's monotonic clock
   */
  surrender(at: number): Surrendered | null {
    const left = this.#left
    this.#left = 0
    return this.#start !== null && at < this.#endsHere && left > 0 ? { start: this.#start, left } : null
  }
}
