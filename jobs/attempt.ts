import { isFinalFailure } from '@/lib/jobs'
import { log } from '@/lib/log'
import type { Runtime } from '@/lib/runtime'
import { isScheduled, type Job, retryDelayMs } from './job'

export interface Attempt {
  job: Job
  payload: unknown
  /** 1 for the first one. */
  number: number
  /** Aborted when the process stops. */
  stopping: AbortSignal
}

/**
 * Makes one attempt of a job in this process. What becomes of it is logged, and thrown by none. A body that is told to end
 * can't be killed here: it is waited for, and keeps its place in its queue.
 * @returns how long to wait before the next attempt; null: there is no other one
 */
export async function makeAttempt(
  runtime: Runtime,
  { job, payload, number, stopping }: Attempt,
): Promise<number | null> {
  const overtime = new AbortController()
  const timer = setTimeout(() => {
    log.warn({ job: job.id, seconds: job.maxDurationSeconds }, 'A job lasts too long; it was told to end')
    overtime.abort(new DOMException(`The job lasted longer than ${job.maxDurationSeconds} s`, 'TimeoutError'))
  }, job.maxDurationSeconds * 1_000)
  timer.unref()
  try {
    await job.run(runtime, payload as undefined, {
      signal: AbortSignal.any([stopping, overtime.signal]),
      attempt: number,
      log: log.child({ job: job.id, attempt: number }),
    })
    return null
  } catch (error) {
    const isOver = stopping.aborted || overtime.signal.aborted || isFinalFailure(error)
    const delayMs = isOver ? null : retryDelayMs(job.retry, number)
    const facts = { err: error, job: job.id, attempt: number }
    if (stopping.aborted) log.warn(facts, 'A job ended early, since the process stops')
    else if (delayMs !== null) log.warn({ ...facts, delayMs }, 'A job failed; it is tried again')
    else log.error(facts, isScheduled(job) ? 'A job failed; it runs again at its next time' : 'A job failed for good')
    return delayMs
  } finally {
    clearTimeout(timer)
  }
}
