// What a server holds in memory while a large body passes through it.
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { paused, produce } from './bodies.mjs'
import { residentBytes } from './servers.mjs'
import { STREAMED_BYTES } from './targets.mjs'

/** After which a server is at rest. */
const SETTLE_MS = 6_000
const SAMPLE_MS = 20
/** Sent before, so that the code is there and what follows is the body's alone. */
const WARM_UP_BYTES = 2 ** 20

/**
 * @typedef {object} Stream
 * @property {'to the service' | 'to the caller'} direction
 * @property {number} beforeBytes resident memory before the first of them
 * @property {number} peakBytes the most that it was meanwhile
 * @property {number} seconds
 *
 * @typedef {{ url: string, token: string }} Address
 */

/**
 * Sends a body of `STREAMED_BYTES` through a server, there and back, and looks at its resident memory meanwhile.
 * @param {Address & { pid: number }} through
 * @returns {Promise<Stream[]>}
 * @throws when fewer bytes came than were sent
 */
export async function measureStreams({ pid, ...address }) {
  const directions = /** @type {const} */ ([
    ['to the service', upload],
    ['to the caller', download],
  ])
  for (const [, pass] of directions) await pass(address, WARM_UP_BYTES)
  await sleep(SETTLE_MS)
  // Of both: what the first has left behind would otherwise be there before the second, and count for neither.
  const beforeBytes = await residentBytes(pid)
  const streams = []
  for (const [direction, pass] of directions) {
    const started = performance.now()
    const { peakBytes } = await watched(pid, pass(address, STREAMED_BYTES))
    streams.push({ direction, beforeBytes, peakBytes, seconds: (performance.now() - started) / 1000 })
  }
  return streams
}

/**
 * @param {number} pid
 * @param {Promise<void>} work
 */
async function watched(pid, work) {
  let peakBytes = 0
  let isOver = false
  const over = work.finally(() => {
    isOver = true
  })
  over.catch(() => {})
  while (!isOver) {
    peakBytes = Math.max(peakBytes, await residentBytes(pid))
    await sleep(SAMPLE_MS)
  }
  await over
  return { peakBytes }
}

/**
 * @param {Address} to
 * @param {number} bytes
 */
async function upload({ url, token }, bytes) {
  const sending = request(url, { method: 'POST', headers: { ...bearer(token), 'content-length': bytes } })
  const answered = once(sending, 'response')
  await pipeline(produce(bytes), sending)
  const [response] = await answered
  const answer = await text(response)
  if (response.statusCode !== 200 || JSON.parse(answer).received !== bytes) {
    throw new Error(`A body of ${bytes} bytes did not arrive: ${response.statusCode} ${answer}`)
  }
}

/**
 * @param {Address} from
 * @param {number} bytes
 */
async function download({ url, token }, bytes) {
  const asking = request(url, { headers: { ...bearer(token), 'x-bytes': bytes } }).end()
  const [response] = await once(asking, 'response')
  const received = await paused(response)
  if (response.statusCode !== 200 || received !== bytes) {
    throw new Error(`${received} of ${bytes} bytes came back, with ${response.statusCode}`)
  }
}

function bearer(/** @type {string} */ token) {
  return { authorization: `Bearer ${token}` }
}
