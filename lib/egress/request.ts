import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { EgressError, type EgressStage } from './errors'

/** How long and how much. `headersMs` and `idleMs` are kept to a second. */
export interface EgressLimits {
  /** From the request's last byte to the end of the answer's headers; while a body is sent, from byte to byte. */
  headersMs: number
  /** Between two pieces of the answer's body, while somebody reads it. */
  idleMs: number
  /** The whole call, to the last byte of the answer. */
  totalMs: number
  /** Header lines of an answer. */
  maxHeaders: number
  /** The answer's body as it is sent: nothing is decompressed. */
  maxBodyBytes: number
}

/** Told when a stage is done, with the time that it took. */
export type OnStage = (done: { stage: EgressStage; ms: number }) => void

export interface EgressRequest {
  /** Upper case; GET by default. */
  method?: string
  /** In this order. What frames a message or belongs to a connection is refused, see `checkRequest`. */
  headers?: readonly (readonly [name: string, value: string])[]
  body?: string | Uint8Array | Readable
  /** Bytes of a body that is a stream, if known; otherwise it is sent in chunks. */
  bodyBytes?: number
  /**
   * Whose connections it may use, such as an account's id: one that an earlier call of the same to this origin has left, if
   * there is any. Undefined: a connection of its own, closed afterwards, whose every stage is told.
   */
  pool?: string
  limits?: Partial<EgressLimits>
  /** Ends the call. */
  signal?: AbortSignal
  /** Told of `address`, `connection`, `tls` and `request` (sent, and headers received); in a pool, of `request` only. */
  onStage?: OnStage
}

export interface EgressResponse {
  /** Redirects included: none is followed. */
  status: number
  headers: IncomingHttpHeaders
  /** As it is sent. Ends with an `EgressError` when it breaks off, is too slow or too large. Read it or destroy it. */
  body: Readable
  /** Bytes of the body that came so far. */
  received(): number
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Methods that turn a connection into something else, or that return the request with its secrets. */
const REFUSED_METHODS = new Set(['CONNECT', 'TRACE', 'TRACK'])
/** What frames a message or belongs to one connection (RFC 9110, 7.6.1) is written here, never by a caller. */
const REFUSED_HEADERS = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'http2-settings',
  'expect',
])

/** Whether a header may be on a call: for forms that let a person name one. */
export function isHeaderAllowed(name: string): boolean {
  return TOKEN.test(name) && !REFUSED_HEADERS.has(name.toLowerCase())
}

/**
 * Checks what a caller wants to send and brings it into undici's form: method, and headers as names and values in turn.
 * Without an Accept-Encoding, it asks for none: nothing here decompresses.
 * @throws {EgressError} request_refused
 */
export function checkRequest({ method = 'GET', headers = [], bodyBytes }: EgressRequest): {
  method: string
  headers: string[]
} {
  if (!/^[A-Z][A-Z-]*$/.test(method) || REFUSED_METHODS.has(method)) throw refusal()
  // undici refuses values with control characters, CR and LF among them, before it connects.
  if (!headers.every(([name]) => isHeaderAllowed(name))) throw refusal()
  const flat = headers.flat()
  if (!headers.some(([name]) => name.toLowerCase() === 'accept-encoding')) flat.push('accept-encoding', 'identity')
  if (bodyBytes !== undefined) flat.push('content-length', String(bodyBytes))
  return { method, headers: flat }
}

const refusal = () => new EgressError('request_refused', 'request')
