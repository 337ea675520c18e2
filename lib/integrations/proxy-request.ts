import type { Readable } from 'node:stream'

/** A call through an integration, as it came. */
export interface ProxyRequest {
  slug: string
  /** Upper case. */
  method: string
  /** What stands after `/proxy/` in the request line, undecoded, without the query. */
  rawPath: string
  /** Without the `?`; null: there is none. */
  rawQuery: string | null
  /** Names and values in turn, as `node:http` has them. */
  rawHeaders: readonly string[]
  /** Null: the request has no body. */
  body: Readable | null
  /** Its length, if it was given. */
  bodyBytes?: number
  /** Told each piece of the body before it is sent; whether it must not be. */
  inspect?: (piece: Buffer) => boolean
  requestId: string
  /** Aborted when the caller goes away. */
  signal: AbortSignal
  /** When it arrived, by `performance.now()`. */
  startedAt: number
}

const PROXY_PATH = /^\/api\/v1\/integrations\/([^/?#]*)\/proxy(?:\/([^?#]*))?(?:\?(.*))?$/s

/**
 * Reads the target of a request line (RFC 9112 §3.2.1) as one of the proxy's, undecoded: what it is decoded to is the
 * service's business, and `joinPath`'s to mistrust.
 * @returns null when it is none
 */
export function readProxyTarget(target: string): Pick<ProxyRequest, 'slug' | 'rawPath' | 'rawQuery'> | null {
  const parts = PROXY_PATH.exec(target)
  return parts && { slug: parts[1] ?? '', rawPath: parts[2] ?? '', rawQuery: parts[3] ?? null }
}
