// The contexts (AsyncLocalStorage) in which Next answers requests. Before Node 24, having any of them enabled calls a hook for
// each promise, timer and write of the process, which costs up to a twelfth of all calls to the API. Hence they rest while Next
// has nothing to answer.
import { AsyncLocalStorage } from 'node:async_hooks'

/** What a request leaves to be done behind its answer may still ask for its context. */
const QUIET_MS = 1_000

export class RequestContexts {
  /** @type {Set<AsyncLocalStorage<unknown>>} */
  #storages = new Set()
  #running = 0
  /** @type {NodeJS.Timeout | undefined} */
  #timer
  #quietMs

  constructor(quietMs = QUIET_MS) {
    this.#quietMs = quietMs
  }

  /**
   * A class of storages that rest with these contexts and wake when they are run. On `globalThis`, before Next is loaded,
   * Next and React make theirs of it.
   */
  Storage = this.#classOfStorages()

  /**
   * Keeps the storages awake until some work has ended.
   * @template Result
   * @param {() => Promise<Result>} work
   * @returns {Promise<Result>}
   */
  async during(work) {
    clearTimeout(this.#timer)
    this.#running++
    try {
      return await work()
    } finally {
      this.#running--
      if (this.#running === 0) this.#timer = setTimeout(() => this.#rest(), this.#quietMs).unref()
    }
  }

  #rest() {
    for (const storage of this.#storages) storage.disable()
  }

  #classOfStorages() {
    const storages = this.#storages
    return class extends AsyncLocalStorage {
      constructor() {
        super()
        storages.add(this)
      }
    }
  }
}
