import { Cron } from 'croner'
import { log } from '@/lib/log'
import type { JobRunner, Runtime } from '@/lib/runtime'
import { jobs as catalogue, type Job } from './catalogue'

/** Runs the jobs in this process, on their schedule and when triggered; each one at a time. */
export function startEmbeddedRunner(runtime: Runtime, jobs: readonly Job[] = catalogue): JobRunner {
  const stopping = new AbortController()
  const running = new Map<Job, Promise<void>>()
  const wantedAgain = new Set<Job>()

  function run(job: Job): void {
    if (stopping.signal.aborted) return
    if (running.has(job)) {
      // It may already have passed by the work that this call is about.
      wantedAgain.add(job)
      return
    }
    // From a promise, so that a job which throws before it has made one fails like any other.
    const work = Promise.resolve()
      .then(() => job.run(runtime, stopping.signal))
      .catch((error) => log.error({ err: error, job: job.id }, 'A job failed; it runs again at its next time'))
      .then(() => {
        running.delete(job)
        if (wantedAgain.delete(job)) run(job)
      })
    running.set(job, work)
  }

  const crons = jobs.map((job) => new Cron(job.cron, { mode: '5-part', timezone: 'UTC', unref: true }, () => run(job)))
  return {
    trigger(id) {
      const job = jobs.find((candidate) => candidate.id === id)
      if (!job) throw new Error(`No job is called ${id}`)
      run(job)
    },
    async stop() {
      stopping.abort()
      for (const cron of crons) cron.stop()
      await Promise.all(running.values())
    },
  }
}
