import type { IncomingHttpHeaders } from 'node:http'
import { type Readable, Transform } from 'node:stream'
import type { proxyOutcomes } from '@/db/schema'
import type { Egress } from '../egress'
import { EgressError, type EgressErrorCode, isEgressError } from '../egress/errors'

/** The whole of a call, whatever its size: whoever reads or sends a body this slowly does not want it. */
const TOTAL_MS = 3_600_000

/** A call to a service, with all that is to be on the wire. */
export interface ForwardedCall {
  /** Id of the account, whose connections to the service are its own. */
  pool: string
  /** Upper case. */
  method: string
  url: string
  headers: [name: string, value: string][]
  /** Sent as it comes; null: none. Read to its end, sent or not. */
  body: Readable | null
  /** Its Content-Length, if the caller gave one; otherwise it is sent in chunks. */
  bodyBytes?: number
  /** Told each piece of the body before it is sent; whether it must not be: the call ends then, as `request_refused`. */
  inspect?: (piece: Buffer) => boolean
  /** For the answer to begin, counted anew with each byte that is sent, and between two bytes of the answer. To a second. */
  timeoutMs: number
  /** Aborted when the caller goes away. */
  signal: AbortSignal
  /** Told how many bytes of the body were sent, once no more will be. */
  onSent?: (bytes: number) => void
}

/** An answer, once its headers are there. */
export interface ForwardedAnswer {
  /** Redirects included: none is followed. */
  status: number
  headers: IncomingHttpHeaders
  /**
   * As it is sent, without trailers; nothing is decompressed. Ends with an `EgressError` when it breaks off: an answer that
   * was begun must then be broken off too. Read it or destroy it, which ends the call.
   */
  body: Readable
  /** Bytes of the body that came so far. */
  received(): number
}

/**
 * Sends a caller's request on and answers once the headers are there; both bodies stream, of whatever size. Nothing is
 * repeated. `Expect: 100-continue` (RFC 9110, 10.1.1) was answered by `node:http` before this.
 * @throws {EgressError} see `failureOf`; `aborted` when it is the caller who went away, be it in the middle of its body
 */
export async function forward(
  egress: Pick<Egress, 'request'>,
  { pool, method, url, headers, body, bodyBytes, inspect, timeoutMs, signal, onSent }: ForwardedCall,
): Promise<ForwardedAnswer> {
  // Egress counts from when the request is on its way; a connection may be long in coming.
  let isSilent = false
  // Not `AbortSignal.any`, which costs as much as a tenth of the call. Nothing to undo: the caller's signal is of this call.
  const ending = new AbortController()
  if (signal.aborted) ending.abort()
  else signal.addEventListener('abort', () => ending.abort(), { once: true })
  const timer = setTimeout(() => {
    isSilent = true
    ending.abort()
  }, timeoutMs)
  const sent = body === null || bodyBytes === 0 ? undefined : apart(body, { inspect, onSent })
  sent?.once('resume', () => clearTimeout(timer))
  try {
    return await egress.request(url, {
      method,
      headers,
      body: sent,
      bodyBytes,
      pool,
      limits: { headersMs: timeoutMs, idleMs: timeoutMs, totalMs: TOTAL_MS, maxBodyBytes: Number.MAX_SAFE_INTEGER },
      signal: ending.signal,
    })
  } catch (error) {
    sent?.destroy()
    throw isSilent && !signal.aborted ? new EgressError('timeout_headers', 'request') : error
  } finally {
    clearTimeout(timer)
  }
}

/**
 * A caller's body as a stream of its own. Once nobody wants more of it, a stream is destroyed, and a request that is
 * destroyed before its end takes the caller's connection along, with the answer that is on its way. This one is read on
 * instead (RFC 9112, 9.6). A body that breaks off ends as `aborted`: that is not the service's doing.
 */
function apart(source: Readable, { inspect, onSent }: Pick<ForwardedCall, 'inspect' | 'onSent'>): Readable {
  let bytes = 0
  const copy = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (inspect?.(chunk)) {
        copy.destroy(new EgressError('request_refused', 'request'))
        return
      }
      bytes += chunk.length
      done(null, chunk)
    },
  })
  const breakOff = () => copy.destroy(new EgressError('aborted', 'request'))
  copy.on('error', () => {})
  source.on('error', breakOff)
  source.on('close', () => source.readableEnded || breakOff())
  if (source.destroyed) breakOff()
  source.pipe(copy)
  copy.once('close', () => {
    onSent?.(bytes)
    source.unpipe(copy)
    source.resume()
  })
  return copy
}

type ForwardFailureCode =
  | 'UPSTREAM_UNREACHABLE'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_NOT_TRUSTED'
  | 'UPSTREAM_ADDRESS_REFUSED'
  | 'UPSTREAM_BROKE_OFF'
  | 'UPSTREAM_ANSWER_INVALID'
  | 'REQUEST_NOT_SENDABLE'
  | 'CALL_ENDED'

/** Why the service's answer is not there, for the record of the call and for the caller. */
export interface ForwardFailure {
  outcome: Exclude<(typeof proxyOutcomes)[number], 'answered' | 'token_unavailable'>
  status: 502 | 504
  code: ForwardFailureCode
  /** Whose fault it was and what is known of it; nothing that was sent or received. */
  detail: string
}

type Kind = 'unreachable' | 'timeout' | 'untrusted' | 'address' | 'broken' | 'invalid' | 'unsendable' | 'ended'

const KINDS: Record<EgressErrorCode, Kind> = {
  url_refused: 'address',
  scheme_refused: 'address',
  address_refused: 'address',
  name_unknown: 'unreachable',
  name_unavailable: 'unreachable',
  connection_refused: 'unreachable',
  connection_reset: 'broken',
  unreachable: 'broken',
  tls_expired: 'untrusted',
  tls_self_signed: 'untrusted',
  tls_untrusted: 'untrusted',
  tls_name_mismatch: 'untrusted',
  tls_other: 'untrusted',
  timeout_connect: 'timeout',
  timeout_headers: 'timeout',
  timeout_body: 'timeout',
  too_large: 'invalid',
  protocol: 'invalid',
  request_refused: 'unsendable',
  aborted: 'ended',
}

/** What may be said of a connection that is still to be made, on which nothing was sent, and of one that was there. */
const OF_CONNECTION = new Set<EgressErrorCode>(['connection_reset', 'unreachable', 'timeout_connect'])

const FAILURES: Record<Kind, Omit<ForwardFailure, 'detail'> & { says: string }> = {
  unreachable: {
    outcome: 'unreachable',
    status: 502,
    code: 'UPSTREAM_UNREACHABLE',
    says: 'The service could not be reached, so the request was not sent.',
  },
  untrusted: {
    outcome: 'unreachable',
    status: 502,
    code: 'UPSTREAM_NOT_TRUSTED',
    says: 'The service could not prove who it is, so the request was not sent.',
  },
  timeout: {
    outcome: 'timeout',
    status: 504,
    code: 'UPSTREAM_TIMEOUT',
    says: 'The service was too slow, and may have done what was asked or not.',
  },
  address: {
    outcome: 'refused_by_egress',
    status: 502,
    code: 'UPSTREAM_ADDRESS_REFUSED',
    says: 'Fenicia did not send the request: the address of the service may not be called.',
  },
  broken: {
    outcome: 'broken_off',
    status: 502,
    code: 'UPSTREAM_BROKE_OFF',
    says: 'The service broke off before it had answered, and may have done what was asked or not.',
  },
  invalid: {
    outcome: 'broken_off',
    status: 502,
    code: 'UPSTREAM_ANSWER_INVALID',
    says: 'The service answered with what can’t be passed on, and may have done what was asked or not.',
  },
  unsendable: {
    outcome: 'refused_by_egress',
    status: 502,
    code: 'REQUEST_NOT_SENDABLE',
    says: 'Fenicia did not send the request.',
  },
  ended: {
    outcome: 'called_off',
    status: 502,
    code: 'CALL_ENDED',
    says: 'The call was ended on this side before the service had answered.',
  },
}

/**
 * What became of a call that failed, or of an answer whose body did.
 * @returns null for what is no failure of a call, such as a mistake in Fenicia
 */
export function failureOf(error: unknown): ForwardFailure | null {
  if (!isEgressError(error)) return null
  const isBeforeRequest = OF_CONNECTION.has(error.code) && error.stage !== 'request'
  const kind = isBeforeRequest ? 'unreachable' : KINDS[error.code]
  const { says, ...failure } = FAILURES[kind]
  // Of a refused address nobody is told more, see `lib/egress`; of an ended call there is no more.
  const isAllSaid = kind === 'address' || kind === 'ended'
  return { ...failure, detail: isAllSaid ? says : `${says} ${error.message}` }
}
