// Servers under measurement: each a process of its own, started with an environment of its own.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** @typedef {Awaited<ReturnType<typeof startServer>>} Server */

const COLLECTOR = fileURLToPath(new URL('collector.mjs', import.meta.url))

/** Of the caller's environment, what a server needs. A DATABASE_URL or FENICIA_… of the caller's would change what is measured. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZ', 'SystemRoot']

/** @param {Record<string, string>} env */
export function environment(env) {
  const inherited = INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return { ...Object.fromEntries(inherited), NODE_ENV: 'production', ...env }
}

/**
 * Starts a Node program that serves HTTP, and resolves when it has answered a first request with 200.
 * @param {object} options
 * @param {string} options.name
 * @param {string[]} options.args of Node
 * @param {string} options.cwd
 * @param {string} [options.token] one that it must accept, sent to /api/v1/me
 * @param {string} [options.probe] another address to ask, without a token
 * @param {(port: number) => Record<string, string>} options.env
 * @param {boolean} [options.collects] whether it can be asked for `liveBytes`
 * @param {number} [options.timeoutMs]
 * @throws when it ends before, or does not answer in time, with what it wrote
 */
export async function startServer({ name, args, cwd, token, probe, env, collects = false, timeoutMs = 60_000 }) {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const url = `${origin}/api/v1/me`
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...(collects ? ['--expose-gc', '--import', COLLECTOR] : []), ...args], {
    cwd,
    env: environment({ ...env(port), PORT: String(port) }),
    stdio: ['ignore', 'pipe', 'pipe', ...(collects ? /** @type {const} */ (['ipc']) : [])],
  })
  const abandon = () => child.kill('SIGKILL')
  process.once('exit', abandon)
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk) => {
      log = (log + chunk).slice(-10_000)
    })
  }
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const stop = async () => {
    process.off('exit', abandon)
    if (hasEnded()) return
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    const forced = setTimeout(() => child.kill('SIGKILL'), 30_000)
    await exited
    clearTimeout(forced)
  }

  /** What the server holds on to, in bytes: what is left of its memory when all garbage is collected. */
  const liveBytes = async () => {
    child.send('collect')
    const [{ heapUsed, external }] = await once(child, 'message')
    return heapUsed + external
  }

  let status
  while (status !== 200) {
    if (hasEnded()) throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}:\n${log}`)
    if (performance.now() - startedAt > timeoutMs) {
      await stop()
      throw new Error(
        `${name} did not answer with 200 within ${timeoutMs / 1000} s (last: ${status ?? 'nothing'}):\n${log}`,
      )
    }
    await sleep(10)
    status = await ask(probe ? origin + probe : url, token).then(
      (answer) => answer.status,
      () => undefined,
    )
  }
  const firstAnswerMs = performance.now() - startedAt
  return { name, origin, url, pid: /** @type {number} */ (child.pid), firstAnswerMs, liveBytes, stop }
}

/**
 * @param {string} url
 * @param {string} [token]
 */
export async function ask(url, token) {
  /** @type {Record<string, string>} */
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(url, { headers, redirect: 'manual' })
  return { status: response.status, body: await response.text() }
}

/** A TCP port of 127.0.0.1 that nobody listens on. */
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('No free TCP port')
  return address.port
}

/**
 * Resident memory of a process, in bytes.
 * @param {number} pid
 * @throws where the system tells it neither in /proc nor through `ps`
 */
export async function residentBytes(pid) {
  if (process.platform === 'linux') {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
    if (kilobytes) return Number(kilobytes) * 1024
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return Number(stdout) * 1024
}
