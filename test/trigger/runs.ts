import { randomUUID } from 'node:crypto'

/** What became of one attempt, as the worker told it. */
export interface RunAttempt {
  ok: boolean
  /** What the task returned, as JSON. */
  output?: string
  error?: { message?: string; code?: string }
  /** After how long the worker makes the next one. */
  retryMs?: number
}

/** A run of a task. */
export interface Run {
  id: string
  task: string
  payload: string
  payloadType: string
  concurrencyKey: string | undefined
  attempts: RunAttempt[]
  /** Attempts that were begun. */
  begun: number
  status: 'waiting' | 'running' | 'completed' | 'failed'
}

/** What a task is asked for with, as far as it is heeded here. */
export interface RunRequest {
  payload: string
  options?: {
    payloadType?: string
    concurrencyKey?: string
    idempotencyKey?: string
    delay?: string
    debounce?: { key: string; delay: string }
  }
}

/** The runs of a stand-in: waiting, running, and over. */
export class Runs {
  readonly all: Run[] = []
  readonly #ready: Run[] = []
  readonly #byKey = new Map<string, Run>()
  readonly #debounced = new Map<string, Run>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #waiting = new Set<{ run: Run; resolve: (run: Run) => void }>()

  /** Adds a run, unless one is there already that the request is about. */
  add(task: string, { payload, options = {} }: RunRequest): { run: Run; isCached: boolean } {
    const { idempotencyKey, debounce, concurrencyKey, payloadType = 'application/json' } = options
    const known =
      (idempotencyKey && this.#byKey.get(`${task} ${idempotencyKey}`)) ||
      (debounce && this.#debounced.get(`${task} ${debounce.key}`))
    if (known) return { run: known, isCached: true }
    const id = `run_${randomUUID().replaceAll('-', '')}`
    const run: Run = { id, task, payload, payloadType, concurrencyKey, attempts: [], begun: 0, status: 'waiting' }
    this.all.push(run)
    if (idempotencyKey) this.#byKey.set(`${task} ${idempotencyKey}`, run)
    if (debounce) this.#debounced.set(`${task} ${debounce.key}`, run)
    const seconds = Number.parseInt(options.delay ?? debounce?.delay ?? '0', 10)
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (debounce) this.#debounced.delete(`${task} ${debounce.key}`)
      this.#ready.push(run)
    }, seconds * 1_000)
    this.#timers.add(timer)
    return { run, isCached: false }
  }

  /** Those that may begin now, which count as begun from then on. */
  take(limitOf: (task: string) => number | undefined): Run[] {
    const running = new Map<string, number>()
    const laneOf = (run: Run) => `${run.task} ${run.concurrencyKey ?? ''}`
    const count = (run: Run) => running.set(laneOf(run), (running.get(laneOf(run)) ?? 0) + 1)
    for (const run of this.all) if (run.status === 'running') count(run)
    const taken = this.#ready.filter((run) => {
      if ((running.get(laneOf(run)) ?? 0) >= (limitOf(run.task) ?? Number.POSITIVE_INFINITY)) return false
      count(run)
      run.status = 'running'
      return true
    })
    for (const run of taken) this.#ready.splice(this.#ready.indexOf(run), 1)
    return taken
  }

  find(id: string): Run {
    const run = this.all.find((candidate) => candidate.id === id)
    if (!run) throw new Error(`No run ${id}`)
    return run
  }

  /** Notes what became of an attempt. */
  note(run: Run, attempt: RunAttempt): void {
    run.attempts.push(attempt)
    if (attempt.retryMs !== undefined) return
    run.status = attempt.ok ? 'completed' : 'failed'
    for (const waiting of this.#waiting) {
      if (waiting.run !== run) continue
      this.#waiting.delete(waiting)
      waiting.resolve(run)
    }
  }

  /** Resolves when a run is over. */
  over(run: Run): Promise<Run> {
    if (run.status === 'completed' || run.status === 'failed') return Promise.resolve(run)
    return new Promise((resolve) => this.#waiting.add({ run, resolve }))
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }
}
