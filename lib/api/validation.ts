import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { z } from 'zod'
import type { FieldProblem } from '../errors'
import type { ApiEnv } from './context'
import { invalidRequest, problem } from './problems'

export const MAX_BODY_BYTES = 64 * 1024

/** Zod's issues in Fenicia's words. Never with the value that was sent. */
export function fieldProblems(error: z.core.$ZodError): FieldProblem[] {
  return error.issues.flatMap((issue): FieldProblem[] => {
    const field = issue.path.join('.')
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({
          field: [...issue.path, key.slice(0, 64)].join('.'),
          code: 'unknown_field',
          message: 'is not a field of this request',
        }))
      case 'invalid_type':
        return issue.input === undefined
          ? [{ field, code: 'missing_field', message: 'is required' }]
          : [{ field, code: 'invalid_format', message: `must be of type ${issue.expected}` }]
      case 'invalid_format':
        return [{ field, code: 'invalid_format', message: issue.message }]
      default:
        return [{ field, code: 'invalid_value', message: issue.message }]
    }
  })
}

const limit = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: (c) => problem(c, 'PAYLOAD_TOO_LARGE', `The body must be ${MAX_BODY_BYTES} bytes or fewer.`),
})

/** Refuses a body that is too large, of another type, or not what its type says, before its fields are looked at. */
export function requireJson(): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (mediaType(c.req.header('content-type')) !== 'application/json') {
      return problem(c, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as JSON, with “Content-Type: application/json”.')
    }
    return limit(c, async () => {
      try {
        await c.req.json()
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        c.res = invalidRequest(c, [{ field: '', code: 'invalid_format', message: 'The body is not valid JSON' }])
        return
      }
      await next()
    })
  }
}

/** Like `requireJson`, for `application/x-www-form-urlencoded`. */
export function requireForm(): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (mediaType(c.req.header('content-type')) !== 'application/x-www-form-urlencoded') {
      return problem(
        c,
        'UNSUPPORTED_MEDIA_TYPE',
        'Send the body as a form, with “Content-Type: application/x-www-form-urlencoded”.',
      )
    }
    return limit(c, next)
  }
}

function mediaType(contentType: string | undefined): string | undefined {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase()
}
