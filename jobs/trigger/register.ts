import { AbortTaskRunError, queue, schedules, schemaTask } from '@trigger.dev/sdk'
import { Cron } from 'croner'
import { isFinalFailure, type JobContext } from '@/lib/jobs'
import { describeFailure, log } from '@/lib/log'
import type { Runtime } from '@/lib/runtime'
import { isScheduled, type Job, type Retry } from '../job'

/** Lends the runtime of this worker to work that it waits for before it stops. */
export type WithRuntime = <Value>(work: (runtime: Runtime) => Promise<Value>) => Promise<Value>

/** What Trigger.dev tells a run. */
interface TaskContext {
  ctx: { attempt: { number: number }; run: { id: string } }
  signal: AbortSignal
}

/** Registers a job with Trigger.dev, as it is defined: nothing but its body is run that the embedded runner would not run. */
export function registerTask(job: Job, withRuntime: WithRuntime): void {
  const common = {
    id: job.id,
    retry: retryOf(job.retry),
    maxDuration: job.maxDurationSeconds,
    onFailure: async ({ error, ctx }: { error: unknown; ctx: TaskContext['ctx'] }) => {
      log.error({ err: error, job: job.id, run: ctx.run.id, attempt: ctx.attempt.number }, 'A job failed for good')
    },
  }
  if (isScheduled(job)) {
    schedules.task({
      ...common,
      cron: { pattern: job.cron, timezone: 'UTC' },
      queue: { name: job.id, concurrencyLimit: 1 },
      // A run that waits for another one until the next time comes has nothing left to do: that one does it.
      ttl: secondsBetween(job.cron),
      run: (_schedule, { ctx, signal }) =>
        perform(withRuntime, { ctx, signal }, job.id, (runtime, context) => job.run(runtime, undefined, context)),
    })
    return
  }
  schemaTask({
    ...common,
    schema: job.input,
    queue: queue({ name: job.queue.name, concurrencyLimit: job.queue.concurrencyLimit }),
    run: (payload, { ctx, signal }) =>
      perform(withRuntime, { ctx, signal }, job.id, (runtime, context) => job.run(runtime, payload, context)),
  })
}

/**
 * Runs a body. What it throws and returns is shown and kept by Trigger.dev, so of the former goes what the log would tell,
 * and of the latter its numbers.
 */
async function perform(
  withRuntime: WithRuntime,
  { ctx, signal }: TaskContext,
  job: string,
  body: (runtime: Runtime, context: JobContext) => Promise<unknown>,
): Promise<Record<string, number>> {
  const attempt = ctx.attempt.number
  const jobLog = log.child({ job, run: ctx.run.id, attempt })
  try {
    return numbersOf(await withRuntime((runtime) => body(runtime, { signal, attempt, log: jobLog })))
  } catch (error) {
    jobLog.warn({ err: error }, 'An attempt of a job failed')
    const message = describeFailure(error)
    throw isFinalFailure(error) ? new AbortTaskRunError(message) : new Error(message)
  }
}

function retryOf({ maxAttempts, minDelayMs, maxDelayMs }: Retry) {
  return { maxAttempts, factor: 2, minTimeoutInMs: minDelayMs, maxTimeoutInMs: maxDelayMs, randomize: true }
}

function secondsBetween(cron: string): number {
  const [first, second] = new Cron(cron, { mode: '5-part', timezone: 'UTC', paused: true }).nextRuns(2)
  return first && second ? (second.getTime() - first.getTime()) / 1_000 : 3_600
}

function numbersOf(result: unknown): Record<string, number> {
  if (typeof result === 'number') return { count: result }
  if (typeof result !== 'object' || result === null) return {}
  return Object.fromEntries(Object.entries(result).filter(([, value]) => typeof value === 'number'))
}
