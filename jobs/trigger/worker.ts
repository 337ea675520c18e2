import { logger } from '@trigger.dev/sdk'
import { log, teeLog } from '@/lib/log'
import type { Runtime } from '@/lib/runtime'
import { startRuntime } from '@/lib/start'
import type { WithRuntime } from './register'
import { triggerRunner } from './runner'

let started: Promise<Runtime> | undefined
const running = new Set<Promise<unknown>>()

/**
 * Lends the runtime of this worker process, which is started for its first run and stopped when the process is told to end.
 * A start that fails fails the run; the next one starts anew.
 */
export const withWorkerRuntime: WithRuntime = (work) => {
  started ??= start().catch((error) => {
    started = undefined
    throw error
  })
  const done = started.then(work)
  running.add(done)
  const forget = () => void running.delete(done)
  done.then(forget, forget)
  return done
}

async function start(): Promise<Runtime> {
  teeLog(toDashboard)
  // The server migrates: a worker that was deployed before it would change a database under those that still run.
  const runtime = await startRuntime(process.env, { migrate: false })
  if (runtime.config.trigger) runtime.jobs = triggerRunner(runtime.config.trigger)
  process.once('SIGTERM', () => void stop(runtime))
  return runtime
}

/** Trigger.dev gives a process a second to end, and the runs in it have been told by their signal. */
async function stop(runtime: Runtime): Promise<void> {
  await Promise.allSettled(running)
  await runtime.stop().catch((error) => log.error({ err: error }, 'A worker did not stop in order'))
  process.exit(0)
}

/** Log lines are shown with the run that they are of. */
function toDashboard(line: string): void {
  const { level, time: _, msg, ...facts } = JSON.parse(line)
  if (level >= 50) logger.error(msg, facts)
  else if (level >= 40) logger.warn(msg, facts)
  else logger.info(msg, facts)
}
