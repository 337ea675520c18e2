import type { Readable } from 'node:stream'
import type { Egress } from '../egress'
import { readBody } from '../egress/body'
import { isEgressError } from '../egress/errors'
import { parseRetryAfter } from '../oauth/retry-after'
import { storable } from '../text'
import { blank } from '../vault/blank'
import type { Secret } from '../vault/secret'
import { signedHeaders, tracesOf } from './secret'

/** Standard Webhooks advises 15 to 30 seconds. */
const TIMEOUT_MS = 15_000
/** Of the receiver's answer, as it is kept. */
const MAX_ANSWER = 1_000
const LIMITS = { headersMs: TIMEOUT_MS, idleMs: TIMEOUT_MS, totalMs: TIMEOUT_MS, maxBodyBytes: 64 * 1024 }

/** What became of one attempt. */
export interface Sent {
  at: Date
  latencyMs: number
  /** Null: there was no answer. */
  status: number | null
  /** Null: the receiver has taken it. */
  error: string | null
  answer: string | null
  /** The receiver's own word for when to come again. */
  retryAfterMs: number | null
}

/** Sends a message once. What was taken is what is answered with 2xx; a redirect is not followed. */
export async function sendMessage(
  egress: Pick<Egress, 'request'>,
  { id, url, payload }: { id: string; url: string; payload: unknown },
  secrets: readonly Secret[],
): Promise<Sent> {
  const at = new Date()
  const body = JSON.stringify(payload)
  const started = performance.now()
  const took = () => Math.round(performance.now() - started)
  try {
    const response = await egress.request(url, {
      method: 'POST',
      headers: [
        ['content-type', 'application/json'],
        ['user-agent', 'Fenicia-Webhooks'],
        ...signedHeaders(id, at, body, secrets),
      ],
      body,
      limits: LIMITS,
    })
    return {
      at,
      latencyMs: took(),
      status: response.status,
      error: judge(response.status),
      answer: await readAnswer(response.body, secrets),
      retryAfterMs: parseRetryAfter(response.headers['retry-after']),
    }
  } catch (error) {
    if (!isEgressError(error)) throw error
    return { at, latencyMs: took(), status: null, error: error.message, answer: null, retryAfterMs: null }
  }
}

/** The beginning of an answer; null: there is none, or it breaks off, which its status has said all about before. */
async function readAnswer(body: Readable, secrets: readonly Secret[]): Promise<string | null> {
  try {
    const { bytes } = await readBody(body, 4 * MAX_ANSWER)
    return storable(blank(bytes.toString('utf8'), secrets.flatMap(tracesOf)), MAX_ANSWER) || null
  } catch (error) {
    if (!isEgressError(error)) throw error
    return null
  }
}

function judge(status: number): string | null {
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400) return `Answered with a redirect (${status}), which is not followed`
  return `Answered with ${status}`
}
