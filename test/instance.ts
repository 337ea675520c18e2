// A genuine instance of Fenicia without Next, as a process of its own that tests may kill: see `startInstance`.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'

/** The clock of a machine that is wrong by so much. Before anything is imported that might have looked at it. */
const wrongByMs = Number(process.env.TEST_CLOCK_MS ?? 0)
if (wrongByMs !== 0) {
  const Right = Date
  globalThis.Date = class extends Right {
    constructor(...args: [] | [number | string | Date]) {
      super(...((args.length === 0 ? [Right.now() + wrongByMs] : args) as [number]))
    }
    static override now() {
      return Right.now() + wrongByMs
    }
  } as DateConstructor
}

const [{ startEmbeddedRunner }, { apiListener }, { startRuntime }] = await Promise.all([
  import('@/jobs/embedded-runner'),
  import('@/lib/api'),
  import('@/lib/start'),
])

const runtime = await startRuntime()
const jobs = startEmbeddedRunner(runtime)
runtime.jobs = jobs
const server = createServer(apiListener())
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`)
})

// Each line that it is sent is a job that somebody wants done now. When its starter is gone, it ends.
createInterface({ input: process.stdin })
  .on('line', (id) => jobs.trigger(id))
  .on('close', stop)
process.on('SIGTERM', stop)

async function stop() {
  server.close()
  server.closeAllConnections()
  await runtime.stop()
  process.exit(0)
}
