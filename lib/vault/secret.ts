import { inspect } from 'node:util'

const SHOWN = '[secret]'

/**
 * A secret in memory. However it is printed – template, JSON, console, a logger, a structured clone – its value does not
 * come along; only `reveal` gives it, at the one place where it is put on a request.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself. What calls this is what to look at when secrets are reviewed. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return SHOWN
  }

  toJSON(): string {
    return SHOWN
  }

  [Symbol.toPrimitive](): string {
    return SHOWN
  }

  [inspect.custom](): string {
    return SHOWN
  }

  get [Symbol.toStringTag](): string {
    return 'Secret'
  }
}
