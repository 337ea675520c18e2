// Puts a server under load: `wrk` where it is installed, else `autocannon`.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { percentile } from './statistics.mjs'

/** @typedef {import('./statistics.mjs').Measurement} Measurement */

/**
 * @typedef {object} LoadTool
 * @property {string} name with its version
 * @property {(load: Load) => Promise<Measurement>} run
 *   throws when an answer was not 2xx, or a connection broke: such a run measures something else
 *
 * @typedef {object} Load
 * @property {string} url
 * @property {string[]} tokens each request carries another of these
 * @property {string} tokensFile the same, one a line
 * @property {number} connections
 * @property {number} seconds
 */

const execute = promisify(execFile)
const LUA = fileURLToPath(new URL('wrk.lua', import.meta.url))

/** @returns {Promise<LoadTool>} */
export async function chooseLoadTool() {
  // wrk has no version option that ends with 0: it prints its version with its usage.
  const version = await execute('wrk', ['--version']).then(
    ({ stdout }) => stdout,
    (error) => (error.code === 'ENOENT' ? undefined : `${error.stdout}${error.stderr}`),
  )
  if (version !== undefined) return { name: /^wrk \S+/.exec(version)?.[0] ?? 'wrk', run: runWrk }
  const { default: manifest } = await import('autocannon/package.json', { with: { type: 'json' } })
  return { name: `autocannon ${manifest.version}`, run: runAutocannon }
}

/**
 * Writes tokens to where `wrk` reads them.
 * @param {string} folder
 * @param {string} name
 * @param {string[]} tokens
 */
export async function tokensFile(folder, name, tokens) {
  const path = join(folder, `${name}.tokens`)
  await writeFile(path, `${tokens.join('\n')}\n`, { mode: 0o600 })
  return path
}

/** @param {Load} load */
async function runWrk({ url, tokensFile, connections, seconds }) {
  // One thread drives 256 connections with ease, and leaves the other cores to what is measured.
  const threads = Math.max(1, Math.min(connections, Math.floor(cpus().length / 4)))
  const args = [
    '-t',
    threads,
    '-c',
    connections,
    '-d',
    `${seconds}s`,
    '--timeout',
    '10s',
    '-s',
    LUA,
    url,
    '--',
    tokensFile,
  ]
  const { stdout } = await execute('wrk', args.map(String))
  return readWrk(stdout)
}

/**
 * @param {string} output of `wrk` with wrk.lua
 * @returns {Measurement}
 */
export function readWrk(output) {
  const line = /^wrk-result (\{.*\})$/m.exec(output)
  if (!line) throw new Error(`wrk said nothing that can be read:\n${output}`)
  const { requests, durationUs, p50Us, p99Us, refused, broken } = JSON.parse(line[1])
  refuseFailures({ requests, refused, broken })
  return { requestsPerSecond: requests / (durationUs / 1e6), p50Ms: p50Us / 1000, p99Ms: p99Us / 1000 }
}

/** @param {Load} load */
async function runAutocannon({ url, tokens, connections, seconds }) {
  const { latencies, result } = await driveAutocannon({ url, tokens, connections, duration: seconds })
  return {
    requestsPerSecond: latencies.length / result.duration,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  }
}

/**
 * Sends a number of requests, however long it takes.
 * @param {{ url: string, tokens: string[], connections: number, amount: number }} load
 */
export async function sendRequests(load) {
  await driveAutocannon(load)
}

/** @param {{ url: string, tokens: string[], connections: number, duration?: number, amount?: number }} load */
async function driveAutocannon({ url, tokens, ...limits }) {
  const { default: autocannon } = await import('autocannon')
  let clients = 0
  // Each connection walks through a stretch of its own; were they in step, all would ask for one token at a time.
  const setupClient = (/** @type {import('autocannon').Client} */ client) => {
    const each = Math.ceil(tokens.length / limits.connections)
    const own = tokens.slice(each * clients, each * ++clients)
    client.setRequests(own.map((token) => ({ headers: { authorization: `Bearer ${token}` } })))
  }
  /** Our own, since autocannon's histogram counts whole milliseconds. @type {number[]} */
  const latencies = []
  const result = await new Promise((resolve, reject) => {
    const instance = autocannon({ url, setupClient, ...limits }, (error, done) =>
      error ? reject(error) : resolve(done),
    )
    instance.on('response', (_client, _status, _bytes, ms) => latencies.push(ms))
  })
  refuseFailures({ requests: latencies.length, refused: result.non2xx, broken: result.errors + result.timeouts })
  return { latencies, result }
}

/** @param {{ requests: number, refused: number, broken: number }} counts */
function refuseFailures({ requests, refused, broken }) {
  if (requests === 0) throw new Error('The server under load answered nothing')
  if (refused > 0)
    throw new Error(`${refused} of ${requests} answers were errors, not 200: the run measures something else`)
  if (broken > 0) throw new Error(`${broken} connections broke or timed out under load`)
}
