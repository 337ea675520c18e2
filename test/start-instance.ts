import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process that runs Fenicia, see `test/instance.ts`. */
export interface Instance {
  port: number
  /** Has a job run now. */
  trigger(jobId: string): void
  /** Ends it as a power cut does. */
  kill(): Promise<void>
  /** Ends it in order. */
  stop(): Promise<void>
  /** What it logged, for who looks into a failure. */
  log(): string
}

/**
 * Starts one.
 * @param env its whole configuration
 * @param options `clockMs`: by how much its clock is wrong
 * @throws with what it wrote, when it ends before it is ready
 */
export async function startInstance(env: Record<string, string>, { clockMs = 0 } = {}): Promise<Instance> {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('instance.ts', import.meta.url))], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { PATH, NODE_ENV: 'production', TEST_CLOCK_MS: String(clockMs), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  let written = ''
  const port = await new Promise<number>((resolve, reject) => {
    const hear = (chunk: string) => {
      written = (written + chunk).slice(-20_000)
      const ready = /^\{"port":(\d+)\}$/m.exec(written)
      if (ready) resolve(Number(ready[1]))
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    child.once('error', reject)
    child.once('exit', (code, signal) => reject(new Error(`An instance ended with ${signal ?? code}:\n${written}`)))
  })
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  return {
    port,
    trigger: (jobId) => void child.stdin.write(`${jobId}\n`),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    log: () => written,
  }
}
