import type { IncomingHttpHeaders } from 'node:http'
import { withQuery } from '../credentials/place'
import type { Egress } from '../egress'
import { readBody } from '../egress/body'
import type { EgressLimits, OnStage } from '../egress/request'
import type { Wording } from './dialect'

/** An answer as it came, read to its end. */
export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

export interface CallOptions {
  /** Told of each stage of the call. */
  onStage?: OnStage
  signal?: AbortSignal
  limits?: Partial<EgressLimits>
}

/** Of a token endpoint's answers, which hold a few tokens; and how long one may take. */
export const LIMITS = { totalMs: 30_000, maxBodyBytes: 256 * 1024 }

/** What the library asks of a fetch. */
interface FetchOptions {
  headers?: Record<string, string>
  body?: unknown
}

/**
 * A fetch, in the form of oauth4webapi's `customFetch`, that calls one URL through `Egress`: on a connection of its own, so
 * that its stages are told, without following a redirect, and bounded in time and size. Ends with an `EgressError` when
 * the answer does not come to its end.
 * @param url as it was typed: it is judged in that spelling, and not in the library's
 * @param toWording makes of the library's form what the provider gets to read
 * @param toResponse makes of the answer what the library gets to read
 */
export function fetchThrough(
  egress: Pick<Egress, 'request'>,
  url: string,
  { onStage, signal, limits }: CallOptions,
  toWording: (form: URLSearchParams, headers: Readonly<Record<string, string>>) => Wording,
  toResponse: (answer: Answer) => Response,
): (url: string, options: FetchOptions) => Promise<Response> {
  return async (_url, { headers: sent = {}, body: form }) => {
    const { maxBodyBytes, ...rest } = { ...LIMITS, ...limits }
    const { method, headers, query, body } = toWording(new URLSearchParams(String(form)), sent)
    const response = await egress.request(withQuery(url, query), {
      method,
      headers,
      body,
      limits: { ...rest, maxBodyBytes },
      onStage,
      signal,
    })
    const { bytes } = await readBody(response.body, maxBodyBytes)
    return toResponse({ status: response.status, headers: response.headers, text: bytes.toString('utf8') })
  }
}
