/** The database did not answer in time. Never to be taken for "still valid". */
export class LookupUnavailableError extends Error {
  override name = 'LookupUnavailableError'
}

/** Who waits for a look-up. Neither function may throw: others of the same statement wait behind it. */
export interface Waiting<Found> {
  resolve(found: Found | null): void
  reject(error: LookupUnavailableError): void
}

export interface CoalescedLookupOptions {
  timeoutMs?: number
  maxBatch?: number
}

/** Look-ups that go out, or went out, as one statement. */
interface Batch<Found> {
  byKey: Map<string, Waiting<Found>[]>
  /** Counts from the first arrival, sent or not: behind a database that hangs nobody waits longer. */
  timer: NodeJS.Timeout
}

/**
 * Looks things up in the database at every request, but not one by one: what arrives while earlier look-ups are in
 * flight goes out together as one statement. A look-up is only ever answered by a statement sent after it arrived, so a
 * committed revocation is seen by every later request.
 */
export class CoalescedLookup<Found> {
  /** More than one, so that the database works while we read an answer; few, so that the pool has connections for others. */
  static readonly MAX_IN_FLIGHT = 4
  readonly #timeoutMs: number
  readonly #maxBatch: number
  #unsent: Batch<Found>[] = []
  #inFlight = 0
  #isSending = false

  /**
   * @param findAll finds what these keys are of, in one statement; keys of nothing are absent from the answer. `countOf`
   * says how many look-ups wait for one of them, until it has answered
   * @param keyOf the key by which something was found
   * @param options `timeoutMs`: how long a look-up may take in all; `maxBatch`: how many go out as one statement at most
   */
  constructor(
    private readonly findAll: (keys: string[], countOf: (key: string) => number) => Promise<Found[]>,
    private readonly keyOf: (found: Found) => string,
    { timeoutMs = 3_000, maxBatch = Number.POSITIVE_INFINITY }: CoalescedLookupOptions = {},
  ) {
    this.#timeoutMs = timeoutMs
    this.#maxBatch = maxBatch
  }

  /**
   * @returns null when there is nothing of this key
   * @throws {LookupUnavailableError} when the database fails or takes longer than the time-out
   */
  find(key: string): Promise<Found | null> {
    return new Promise((resolve, reject) => this.enter(key, { resolve, reject }))
  }

  /** `find` without a promise: with Next's hooks on every promise, one for each request costs a tenth of all requests. */
  enter(key: string, waiting: Waiting<Found>): void {
    const { byKey } = this.#openBatch()
    const others = byKey.get(key)
    if (others) others.push(waiting)
    else byKey.set(key, [waiting])
    this.#sendAfterThisTurn()
  }

  /**
   * Node runs the promises of one request before it reads the next socket, so requests that wait in several sockets
   * come one by one within the same turn of the event loop; at its end they are all here. An embedded database, which
   * answers without leaving the turn, would otherwise be asked for each of them alone.
   */
  #sendAfterThisTurn(): void {
    if (this.#isSending || this.#inFlight >= CoalescedLookup.MAX_IN_FLIGHT) return
    this.#isSending = true
    setImmediate(() => {
      this.#isSending = false
      this.#send()
    })
  }

  /** The batch that a new arrival joins. */
  #openBatch(): Batch<Found> {
    const last = this.#unsent.at(-1)
    if (last && last.byKey.size < this.#maxBatch) return last
    const batch: Batch<Found> = { byKey: new Map(), timer: setTimeout(() => this.#giveUp(batch), this.#timeoutMs) }
    this.#unsent.push(batch)
    return batch
  }

  #send(): void {
    while (this.#inFlight < CoalescedLookup.MAX_IN_FLIGHT) {
      const batch = this.#unsent.shift()
      if (!batch) return
      void this.#ask(batch)
    }
  }

  async #ask(batch: Batch<Found>): Promise<void> {
    this.#inFlight++
    try {
      const waiting = new Map(batch.byKey)
      for (const found of await this.findAll([...waiting.keys()], (key) => waiting.get(key)?.length ?? 0)) {
        settle(batch, this.keyOf(found), (one) => one.resolve(found))
      }
      settleRest(batch, (one) => one.resolve(null))
    } catch (cause) {
      settleRest(batch, (one) => one.reject(new LookupUnavailableError('The database failed', { cause })))
    }
    clearTimeout(batch.timer)
    // The slot is free again when the database is done, not when we stopped waiting: one that hangs must not be handed
    // one statement after another.
    this.#inFlight--
    this.#send()
  }

  #giveUp(batch: Batch<Found>): void {
    this.#unsent = this.#unsent.filter((other) => other !== batch)
    settleRest(batch, (one) => one.reject(new LookupUnavailableError('The database did not answer in time')))
  }
}

function settle<Found>(batch: Batch<Found>, key: string, how: (one: Waiting<Found>) => void): void {
  for (const one of batch.byKey.get(key) ?? []) how(one)
  batch.byKey.delete(key)
}

function settleRest<Found>(batch: Batch<Found>, how: (one: Waiting<Found>) => void): void {
  for (const key of [...batch.byKey.keys()]) settle(batch, key, how)
}
