/**
 * What was used of late, by its key; in two generations, of which the older is forgotten when the younger is full, or has
 * lasted as long as anything is kept: a list of what was used when would cost each use more than it saves.
 */
export class Generations<Value> {
  #young = new Map<string, Value>()
  #old = new Map<string, Value>()
  #timer: NodeJS.Timeout | undefined

  /**
   * @param maxSize at most so many are kept, and half as many at least of those in use
   * @param forgetAfterMs what is not used for so long is forgotten within as long again
   * @param onForgotten takes what was not used for so long; what is forgotten for want of room is not told. May not throw
   */
  constructor(
    private readonly maxSize: number,
    private readonly forgetAfterMs: number,
    private readonly onForgotten: (values: Value[]) => void = () => {},
  ) {}

  get(key: string): Value | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) {
      this.#old.delete(key)
      this.set(key, old)
    }
    return old
  }

  set(key: string, value: Value): void {
    if (this.#young.size >= this.maxSize / 2 && !this.#young.has(key)) this.#age()
    this.#young.set(key, value)
    this.#timer ??= setTimeout(() => this.#forget(), this.forgetAfterMs).unref()
  }

  delete(key: string): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }

  /** Forgets nothing any more. @returns all that is kept */
  stop(): Value[] {
    clearTimeout(this.#timer)
    this.#timer = undefined
    return [...this.#young.values(), ...this.#old.values()]
  }

  /** @returns those that were old */
  #age(): Map<string, Value> {
    const forgotten = this.#old
    this.#old = this.#young
    this.#young = new Map()
    return forgotten
  }

  #forget(): void {
    this.#timer = undefined
    const forgotten = this.#age()
    if (this.#old.size > 0) this.#timer = setTimeout(() => this.#forget(), this.forgetAfterMs).unref()
    this.onForgotten([...forgotten.values()])
  }
}
