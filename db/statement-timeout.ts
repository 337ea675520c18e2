import type { Client } from 'pg'

/**
 * Clients of `pg` that end with their connection when the server has been silent for too long: whoever waits is told
 * “Connection terminated”. The driver's own `query_timeout` would keep what each statement allocates, its answer too, from being
 * collected while it is young: a twentieth of all memory that requests take became old garbage, and p99 a seventh longer.
 * @param Base of the driver, which is loaded only where it is used
 * @param timeoutMs since the last statement was sent
 */
export function withStatementTimeout(Base: typeof Client, timeoutMs: number): typeof Client {
  return class extends Base {
    #isWaiting = false
    // One for all statements of the connection, wound up by each.
    readonly #timer = setTimeout(() => {
      if (this.#isWaiting) void this.end()
    }, timeoutMs).unref()

    constructor(config?: ConstructorParameters<typeof Client>[0]) {
      super(config)
      this.on('drain', () => {
        this.#isWaiting = false
      })
      this.on('end', () => clearTimeout(this.#timer))
    }

    // `never`, since no one signature is that of all its overloads.
    override query(...args: unknown[]): never {
      this.#isWaiting = true
      this.#timer.refresh()
      return Reflect.apply(super.query, this, args) as never
    }
  }
}
