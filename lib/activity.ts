/** After so long without a request this process counts as at rest. */
const QUIET_MS = 100

/** Whether requests keep coming to this process, so that its work in the background leaves them room. */
export class Activity {
  #lastAt = Number.NEGATIVE_INFINITY

  /** Tells that a request has come. */
  note(): void {
    this.#lastAt = performance.now()
  }

  isBusy(): boolean {
    return performance.now() - this.#lastAt < QUIET_MS
  }
}
