import { Cron } from 'croner'
import type { DispatchOptions, JobRunner } from '@/lib/jobs'
import { log } from '@/lib/log'
import type { Runtime } from '@/lib/runtime'
import { makeAttempt } from './attempt'
import { catalogue } from './catalogue'
import {
  type DispatchedJob,
  dispatchedJob,
  isScheduled,
  type Job,
  parsePayload,
  type ScheduledJob,
  scheduledJob,
} from './job'
import { Lanes } from './lanes'

/** How many dispatched jobs run at a time, of all queues: they share this process with its requests. */
const AT_ONCE = 32

/** How long an idempotency key is remembered. */
export const IDEMPOTENCY_SECONDS = 300

/** How long after the start is made up for what was missed: those who wait for the start come first. */
const MAKE_UP_AFTER_MS = 5 * 60_000
const HOUR_MS = 3_600_000

const SCHEDULE = { mode: '5-part', timezone: 'UTC' } as const

/**
 * Runs the jobs in this process: on their schedule and when triggered, each one at a time; and when dispatched, as their
 * queues allow. What waits is in memory only: after a stop it is found by the job that sweeps for it.
 */
export function startEmbeddedRunner(
  runtime: Runtime,
  jobs: readonly Job[] = catalogue,
  // biome-ignore lint/suspicious/noExplicitAny: payloads of whatever jobs it is given; each is parsed by its own job's schema
): JobRunner<string, any> {
  const stopping = new AbortController()
  const { signal } = stopping
  const running = new Map<ScheduledJob, Promise<void>>()
  const wantedAgain = new Set<ScheduledJob>()
  const lanes = new Lanes({ limit: AT_ONCE })
  const timers = new Set<NodeJS.Timeout>()
  const keys = new RecentKeys()

  function run(job: ScheduledJob): void {
    if (signal.aborted) return
    if (running.has(job)) {
      // It may already have passed by the work that this call is about.
      wantedAgain.add(job)
      return
    }
    const work = attemptAll(job).then(() => {
      running.delete(job)
      if (wantedAgain.delete(job)) run(job)
    })
    running.set(job, work)
  }

  async function attemptAll(job: ScheduledJob): Promise<void> {
    for (let number = 1; ; number++) {
      const delayMs = await makeAttempt(runtime, { job, payload: undefined, number, stopping: signal })
      if (delayMs === null) return
      await pause(delayMs, signal)
      if (signal.aborted) return
    }
  }

  /** An attempt that waits for its next one leaves its place in the queue to others. */
  function enqueue(job: DispatchedJob, payload: unknown, number: number): void {
    const key = job.queue.keyOf?.(payload) ?? ''
    lanes.add(`${job.queue.name} ${key}`, job.queue.concurrencyLimit, async () => {
      const delayMs = await makeAttempt(runtime, { job, payload, number, stopping: signal })
      if (delayMs !== null) later(delayMs, () => enqueue(job, payload, number + 1))
    })
  }

  function later(delayMs: number, work: () => void): void {
    if (signal.aborted) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      work()
    }, delayMs)
    timer.unref()
    timers.add(timer)
  }

  /** One after the other: they share this process with its requests. */
  async function makeUp(missed: readonly ScheduledJob[]): Promise<void> {
    for (const job of missed) {
      run(job)
      await running.get(job)
    }
  }

  const scheduled = jobs.filter(isScheduled)
  const missed = scheduled.filter(({ cron }) => wasMissed(cron))
  const makingUp = setTimeout(() => void makeUp(missed), MAKE_UP_AFTER_MS).unref()
  const crons = scheduled.map((job) => new Cron(job.cron, { ...SCHEDULE, unref: true }, () => run(job)))
  return {
    trigger: (id) => run(scheduledJob(jobs, id)),
    async dispatch(id, given, { idempotencyKey, delayMs = 0 }: DispatchOptions = {}) {
      const job = dispatchedJob(jobs, id)
      const payload = parsePayload(job, given)
      if (signal.aborted) throw new Error(`The job ${id} can't be dispatched: the process stops`)
      if (idempotencyKey !== undefined && !keys.take(`${id} ${idempotencyKey}`)) return
      if (delayMs > 0) later(delayMs, () => enqueue(job, payload, 1))
      else enqueue(job, payload, 1)
    },
    async stop() {
      stopping.abort()
      for (const cron of crons) cron.stop()
      clearTimeout(makingUp)
      const left = lanes.waiting + timers.size
      if (left > 0)
        log.info({ jobs: left }, 'The process stops before these jobs were run; those that sweep find their work')
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      await Promise.all([...running.values(), lanes.stop()])
    },
  }
}

/**
 * Whether a job that runs once a day or less may have missed its time in the last day: a machine that is on by day alone
 * would never run what is for the night. What runs each hour comes soon enough.
 */
function wasMissed(cron: string): boolean {
  const [last, before] = new Cron(cron, { ...SCHEDULE, paused: true }).previousRuns(2)
  if (!last || !before) return false
  return last.getTime() - before.getTime() > HOUR_MS && Date.now() - last.getTime() < 24 * HOUR_MS
}

/** Resolves after a time, or at once when the signal is aborted. */
function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, delayMs).unref()
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  })
}

/** Keys that were taken not long ago. */
class RecentKeys {
  /** When each is forgotten, in the order in which they were taken. */
  readonly #until = new Map<string, number>()

  /** @returns false when it was taken before */
  take(key: string): boolean {
    const now = Date.now()
    for (const [old, until] of this.#until) {
      if (until > now) break
      this.#until.delete(old)
    }
    if (this.#until.has(key)) return false
    this.#until.set(key, now + IDEMPOTENCY_SECONDS * 1_000)
    return true
  }
}
