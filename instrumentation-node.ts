import { startEmbeddedRunner } from './jobs/embedded-runner'
import { triggerRunner } from './jobs/trigger/runner'
import { apiListener } from './lib/api'
import { failureOfStart, startRuntime } from './lib/start'

/** Starts Fenicia in this process, or ends the process with the reason: a server that can't work must not seem to. */
export async function start(): Promise<void> {
  try {
    const runtime = await startRuntime()
    const { trigger } = runtime.config
    runtime.jobs = trigger ? triggerRunner(trigger) : startEmbeddedRunner(runtime)
    // What the last process left half done goes on now and not at the job's next time: somebody may be watching.
    runtime.jobs.trigger('api-keys.bulk-revocations')
    runtime.apiListener = apiListener()
  } catch (error) {
    process.stderr.write(`${failureOfStart(error)}\n`)
    process.exit(1)
  }
}
