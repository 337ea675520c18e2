/** Work that waits in one lane, and what of it runs. */
interface Lane {
  limit: number
  running: number
  waiting: (() => Promise<void>)[]
}

/**
 * Runs work in lanes, each with a limit of its own, and with one for all together. Lanes take turns, so that a long one
 * keeps no short one waiting.
 */
export class Lanes {
  readonly #limit: number
  readonly #lanes = new Map<string, Lane>()
  readonly #running = new Set<Promise<void>>()

  constructor({ limit }: { limit: number }) {
    this.#limit = limit
  }

  /** How much waits. */
  get waiting(): number {
    return [...this.#lanes.values()].reduce((sum, lane) => sum + lane.waiting.length, 0)
  }

  /**
   * Runs work when its lane has room.
   * @param limit the lane's, as the first that waits in it has it
   * @param work must not reject
   */
  add(name: string, limit: number, work: () => Promise<void>): void {
    const lane = this.#lanes.get(name) ?? { limit, running: 0, waiting: [] }
    this.#lanes.set(name, lane)
    lane.waiting.push(work)
    this.#start()
  }

  /** Forgets what waits, and waits for what runs. */
  async stop(): Promise<void> {
    for (const lane of this.#lanes.values()) lane.waiting = []
    await Promise.all(this.#running)
  }

  #start(): void {
    while (this.#running.size < this.#limit) {
      const next = [...this.#lanes].find(([, lane]) => lane.running < lane.limit && lane.waiting.length > 0)
      if (!next) return
      const [name, lane] = next
      const work = lane.waiting.shift()
      if (!work) return
      lane.running += 1
      // To the end of the line.
      this.#lanes.delete(name)
      this.#lanes.set(name, lane)
      const done = work().then(() => {
        this.#running.delete(done)
        lane.running -= 1
        if (lane.running === 0 && lane.waiting.length === 0) this.#lanes.delete(name)
        this.#start()
      })
      this.#running.add(done)
    }
  }
}
