import { EgressError, type EgressErrorCode, type EgressStage } from './errors'
import type { OnStage } from './request'

/** Informational answers (1xx) before the real one. Each of them would give a server its time anew. */
const MAX_INFORMATIONAL = 5

/** One call from its beginning to the last byte of its answer, or to whatever ends it before that. */
export class Call {
  stage: EgressStage
  readonly #ending = new AbortController()
  readonly #signals: AbortSignal[]
  readonly #timer: NodeJS.Timeout
  readonly #onStage: OnStage | undefined
  #stageStarted = performance.now()
  #isAnswered = false
  #informational = 0

  /**
   * @param signals any of which ends the call
   * @param first the stage that it begins with: `request` where a connection is there already
   */
  constructor(signals: (AbortSignal | undefined)[], totalMs: number, first: EgressStage, onStage?: OnStage) {
    this.stage = first
    this.#onStage = onStage
    this.#signals = signals.filter((signal) => signal !== undefined)
    this.#timer = setTimeout(() => this.#end(this.#timeoutCode()), totalMs)
    for (const signal of this.#signals) {
      if (signal.aborted) this.#abort()
      signal.addEventListener('abort', this.#abort)
    }
  }

  /** Aborted with an `EgressError` when the call has to end. */
  get signal(): AbortSignal {
    return this.#ending.signal
  }

  /** Notes that a stage is done. */
  pass(next: EgressStage): void {
    const now = performance.now()
    this.#onStage?.({ stage: this.stage, ms: now - this.#stageStarted })
    this.stage = next
    this.#stageStarted = now
  }

  /** Notes that the answer's headers are there. */
  answered(): void {
    this.pass('request')
    this.#isAnswered = true
  }

  countInformational(): void {
    this.#informational += 1
    if (this.#informational > MAX_INFORMATIONAL) this.#end('protocol')
  }

  /** Lets go of timer and signals. */
  finish(): void {
    clearTimeout(this.#timer)
    for (const signal of this.#signals) signal.removeEventListener('abort', this.#abort)
  }

  readonly #abort = () => this.#end('aborted')

  #end(code: EgressErrorCode): void {
    this.#ending.abort(new EgressError(code, this.stage))
  }

  #timeoutCode(): EgressErrorCode {
    if (this.stage !== 'request') return 'timeout_connect'
    return this.#isAnswered ? 'timeout_body' : 'timeout_headers'
  }
}
