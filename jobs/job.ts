import type { z } from 'zod'
import type { JobContext } from '@/lib/jobs'
import type { Runtime } from '@/lib/runtime'

/** How often a job is tried, and how long to wait before it is tried again: twice as long each time, spread by chance. */
export interface Retry {
  maxAttempts: number
  minDelayMs: number
  maxDelayMs: number
}

/** Where runs wait for each other. */
export interface JobQueue<Payload> {
  name: string
  /** How many run at a time; where there is a key, of each key. */
  concurrencyLimit: number
  /** What shares the limit, such as the provider that is called. */
  keyOf?(payload: Payload): string
}

/** What holds for every job. Its body may be run twice, late, or killed half-way: what is left to do is in the database. */
interface Definition<Payload> {
  retry: Retry
  /** After this time the job is told to end, and counts as failed. At least 5. */
  maxDurationSeconds: number
  /** A thin call of `lib`: no word of who runs it. What it returns is only looked at for its numbers. */
  run(runtime: Runtime, payload: Payload, context: JobContext): Promise<unknown>
}

/** A job that runs at its times, one run at a time. */
export interface ScheduledDefinition extends Definition<undefined> {
  /** Five fields, UTC. */
  cron: string
}

/** A job that runs when it is dispatched. */
export interface DispatchedDefinition<Payload> extends Definition<Payload> {
  /** What it is told; takes and gives the same. */
  input: z.ZodType<Payload, Payload>
  queue: JobQueue<Payload>
}

export type ScheduledJob = ScheduledDefinition & { id: string }
// biome-ignore lint/suspicious/noExplicitAny: jobs of all payloads in one list; each is parsed by its own job's schema first
export type DispatchedJob = DispatchedDefinition<any> & { id: string }
export type Job = ScheduledJob | DispatchedJob

/** Of jobs whose next time is their next attempt. */
export const NO_RETRY: Retry = { maxAttempts: 1, minDelayMs: 1_000, maxDelayMs: 1_000 }

export function isScheduled(job: Job): job is ScheduledJob {
  return 'cron' in job
}

/** @throws when there is no such job among those that are dispatched */
export function dispatchedJob(jobs: readonly Job[], id: string): DispatchedJob {
  const job = jobs.find((candidate) => candidate.id === id)
  if (!job || isScheduled(job)) throw new Error(`No job that is dispatched is called ${id}`)
  return job
}

/** @throws when there is no such job among those that have a schedule */
export function scheduledJob(jobs: readonly Job[], id: string): ScheduledJob {
  const job = jobs.find((candidate) => candidate.id === id)
  if (!job || !isScheduled(job)) throw new Error(`No job with a schedule is called ${id}`)
  return job
}

/** @throws {TypeError} when the job doesn't take it, naming what is wrong with it, not the values */
export function parsePayload(job: DispatchedJob, payload: unknown): unknown {
  const result = job.input.safeParse(payload)
  if (result.success) return result.data
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`)
  throw new TypeError(`The job ${job.id} can't be dispatched with this: ${problems.join('; ')}`)
}

/**
 * How long to wait after an attempt that failed; null: there is no other one. The same as Trigger.dev reckons.
 * @param attempt 1 for the first one
 */
export function retryDelayMs({ maxAttempts, minDelayMs, maxDelayMs }: Retry, attempt: number): number | null {
  if (attempt >= maxAttempts) return null
  return Math.round(Math.min(maxDelayMs, (1 + Math.random()) * minDelayMs * 2 ** (attempt - 1)))
}
