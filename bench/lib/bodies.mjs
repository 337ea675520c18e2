// Large bodies: made of one piece again and again, and read with pauses.
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

const PIECE = Buffer.alloc(64 * 1024, 'carthage')
/** Whoever receives rests for so long after each so many bytes: what is then not held back at its source piles up. */
const PAUSE_MS = 500
const BYTES_BETWEEN_PAUSES = 128 * 2 ** 20

/**
 * A body of so many bytes, as fast as it is taken.
 * @param {number} bytes
 */
export function produce(bytes) {
  let left = bytes
  return new Readable({
    read() {
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE
      left -= piece.length
      this.push(piece.length === 0 ? null : piece)
    },
  })
}

/**
 * Reads a body to its end, with pauses.
 * @param {AsyncIterable<Buffer>} body
 * @param {{ pauseMs?: number, bytesBetween?: number }} [pauses]
 * @returns {Promise<number>} how many bytes came
 */
export async function paused(body, { pauseMs = PAUSE_MS, bytesBetween = BYTES_BETWEEN_PAUSES } = {}) {
  let received = 0
  let next = bytesBetween
  for await (const piece of body) {
    received += piece.length
    if (received < next) continue
    next += bytesBetween
    await sleep(pauseMs)
  }
  return received
}
