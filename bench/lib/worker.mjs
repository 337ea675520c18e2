// A program that does a round of work for each line that it is sent, and answers with one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { environment } from './servers.mjs'

/** @typedef {Awaited<ReturnType<typeof startWorker>>} Worker */

/**
 * Starts it, and resolves when it has said that it is ready.
 * @param {{ name: string, args: string[], cwd: string, env: Record<string, string> }} options
 * @throws when it ends before, with what it wrote to stderr
 */
export async function startWorker({ name, args, cwd, env }) {
  const child = spawn(process.execPath, args, { cwd, env: environment(env), stdio: ['pipe', 'pipe', 'pipe'] })
  const abandon = () => child.kill('SIGKILL')
  process.once('exit', abandon)
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    log = (log + chunk).slice(-10_000)
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${name} ended:\n${log}`)
    return JSON.parse(value)
  }
  await next()
  return {
    name,
    /** Has it do a round. @returns {Promise<{ renewed: number, failed: number, seconds: number }>} */
    round: () => {
      child.stdin.write('round\n')
      return next()
    },
    stop: async () => {
      process.off('exit', abandon)
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.stdin.end()
      const forced = setTimeout(() => child.kill('SIGKILL'), 30_000)
      await exited
      clearTimeout(forced)
    },
  }
}
