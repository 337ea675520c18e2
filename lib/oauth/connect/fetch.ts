import type { Egress } from '../../egress'
import { readBody } from '../../egress/body'

/** Of a description of a server, or of an answer that says hardly more than that a token is gone. */
const LIMITS = { totalMs: 10_000, maxBodyBytes: 256 * 1024 }

interface FetchOptions {
  method?: string
  headers?: Record<string, string>
  body?: unknown
}

/**
 * A fetch, in the form of oauth4webapi's `customFetch`, that calls through `Egress`: without following a redirect, and
 * bounded in time and size.
 * @param url what is called instead of the library's spelling of it; missing: that
 */
export function fetchPlainly(egress: Pick<Egress, 'request'>, url?: string) {
  return async (asked: string, { method, headers = {}, body }: FetchOptions): Promise<Response> => {
    const response = await egress.request(url ?? asked, {
      method,
      headers: Object.entries(headers),
      ...(body === undefined ? {} : { body: String(body) }),
      limits: LIMITS,
    })
    const { bytes } = await readBody(response.body, LIMITS.maxBodyBytes)
    const text = bytes.toString('utf8')
    // A status that a `Response` can't have is one that says nothing.
    const status = response.status >= 200 && response.status <= 599 ? response.status : 502
    const type = response.headers['content-type']
    return new Response(BODILESS.has(status) ? null : text, {
      status,
      headers: type === undefined ? {} : { 'content-type': type },
    })
  }
}

const BODILESS = new Set([204, 205, 304])
