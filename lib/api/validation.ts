import { isUtf8 } from 'node:buffer'
import type { MiddlewareHandler, ValidationTargets } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { z } from 'zod'
import type { FieldProblem } from '../errors'
import { fieldProblems } from '../input'
import type { ApiEnv } from './context'
import { invalidRequest, problem } from './problems'

export const MAX_BODY_BYTES = 64 * 1024

/** Problems that are told of one request; one that has more is no honest mistake. */
const MAX_PROBLEMS = 20

const TOKEN = /fn_(live|test)_[0-9A-Za-z]+/g

/** The part of a request that was looked at. */
type Target = keyof ValidationTargets

/**
 * What is wrong with a part of a request, in Fenicia's words. Never with the value that was sent, nor with a token that
 * was sent as the name of a field.
 * @param input what did not pass: it tells a field that is missing from one of another type
 */
export function requestProblems(error: z.core.$ZodError, input: unknown, target: Target): FieldProblem[] {
  const issues = error.issues
    .slice(0, MAX_PROBLEMS)
    .map((issue) => ({ ...issue, input: valueAt(input, issue.path) }) as z.core.$ZodIssue)
  return issues
    .flatMap((issue): FieldProblem[] => {
      // Only a field that was sent several times is a list here; none is meant to be.
      const isRepeated = target !== 'json' && Array.isArray(issue.input)
      if (!isRepeated) return fieldProblems({ issues: [issue] })
      return [{ field: issue.path.join('.'), code: 'invalid_format', message: 'must be given once' }]
    })
    .slice(0, MAX_PROBLEMS)
    .map(({ field, code, message }) => ({
      field: field.replace(TOKEN, '[token]'),
      code,
      message: field === '' ? `The body ${message}` : message,
    }))
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key]
  return value
}

const limit = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: (c) => problem(c, 'PAYLOAD_TOO_LARGE', `The body must be ${MAX_BODY_BYTES} bytes or fewer.`),
})

/** Refuses a body that is too large, of another type, or not what its type says, before its fields are looked at. */
export function requireJson(): MiddlewareHandler<ApiEnv> {
  return requireBody('application/json', 'as JSON')
}

/** Like `requireJson`, where there may be no body at all. */
export function requireJsonIfAny(): MiddlewareHandler<ApiEnv> {
  return requireBody('application/json', 'as JSON', { mayBeNone: true })
}

/** Like `requireJson`, for `application/x-www-form-urlencoded`. */
export function requireForm(): MiddlewareHandler<ApiEnv> {
  return requireBody('application/x-www-form-urlencoded', 'as a form')
}

function requireBody(type: string, how: string, { mayBeNone = false } = {}): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const contentType = c.req.header('content-type')
    const isOfType = mediaType(contentType) === type
    const refuseType = () => problem(c, 'UNSUPPORTED_MEDIA_TYPE', `Send the body ${how}, with “Content-Type: ${type}”.`)
    if (!isOfType && !mayBeNone) return refuseType()
    return limit(c, async () => {
      // It has to be read to know that there is none.
      const body = await c.req.arrayBuffer()
      const { headers } = c.req.raw
      if (mayBeNone && body.byteLength === 0) {
        // Some clients name a type with every request, and the validators after us would look for what it says.
        headers.delete('Content-Type')
        return next()
      }
      if (!isOfType) {
        c.res = refuseType()
        return
      }
      if ((c.req.header('content-encoding') ?? 'identity').toLowerCase() !== 'identity') {
        const detail = 'Send the body as it is: without “Content-Encoding”, and not compressed.'
        c.res = problem(c, 'UNSUPPORTED_MEDIA_TYPE', detail, { headers: { 'Accept-Encoding': 'identity' } })
        return
      }
      // Whatever its parameters, and however they are spaced (RFC 9110 §8.3.1): the validators after us are stricter.
      if (contentType !== type) headers.set('Content-Type', type)
      const wrong = whatIsWrong(body, type)
      if (!wrong) return next()
      c.res = invalidRequest(c, [{ field: '', code: 'invalid_format', message: wrong }])
    })
  }
}

/** Why a body can't be read as its type says; null when it can. */
function whatIsWrong(body: ArrayBuffer, type: string): string | null {
  // Bytes of another encoding would be replaced by “�” in silence, and stored so.
  if (!isUtf8(body)) return 'The body must be encoded in UTF-8'
  if (type !== 'application/json') return null
  try {
    // Not a Buffer's `toString`: that leaves a byte-order mark, which RFC 8259 (8.1) lets a reader pass over.
    JSON.parse(new TextDecoder().decode(body))
    return null
  } catch {
    return 'The body is not valid JSON'
  }
}

function mediaType(contentType: string | undefined): string | undefined {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase()
}
