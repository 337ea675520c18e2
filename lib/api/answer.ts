import type { ServerResponse } from 'node:http'
import type { TypedResponse } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** A request as far as every answer needs it. */
export interface Asked {
  requestId: string
  /** Headers that tell what is left to the calling key, once it is known. */
  limits?: Record<string, string>
  /** Headers that say how answers are to be transported, where they are not set already. */
  security?: Record<string, string>
}

/** An answer before it is anybody's object: `node:http` sends it as it is, Hono takes a `Response` made of it. */
export interface Answer {
  status: ContentfulStatusCode
  headers: Record<string, string>
  body: string
}

export function answerJson(
  asked: Asked,
  status: ContentfulStatusCode,
  body: unknown,
  headers?: Record<string, string>,
  contentType?: string,
): Answer {
  return answerText(asked, status, JSON.stringify(body), headers, contentType)
}

/** @param body JSON, as text */
export function answerText(
  { requestId, limits, security }: Asked,
  status: ContentfulStatusCode,
  body: string,
  headers?: Record<string, string>,
  contentType = 'application/json',
): Answer {
  return {
    status,
    headers: {
      'Content-Type': contentType,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'X-Request-Id': requestId,
      ...security,
      ...limits,
      ...headers,
    },
    body,
  }
}

/**
 * Headers are handed over as a plain object, all at once: building a `Headers` for each answer would cost a fifth of the
 * requests per second.
 */
export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers })
}

/** Sends an answer with `node:http`, on a response of which nothing was sent yet. */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  headers['Content-Length'] = String(Buffer.byteLength(body))
  response.writeHead(status, headers)
  response.end(body)
}

/** Answers with JSON; the types tell Hono what. */
export function json<Body, Status extends ContentfulStatusCode>(
  c: { env: Asked },
  status: Status,
  body: Body,
  headers?: Record<string, string>,
): Response & TypedResponse<Body, Status, 'json'> {
  return toResponse(answerJson(c.env, status, body, headers)) as Response & TypedResponse<Body, Status, 'json'>
}

/** Answers 204: nothing but headers. */
export function noContent(c: { env: Asked }, headers: Record<string, string>): Response {
  return new Response(null, {
    status: 204,
    headers: { 'Cache-Control': 'no-store', 'X-Request-Id': c.env.requestId, ...c.env.limits, ...headers },
  })
}
