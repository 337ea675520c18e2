import { OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { Scope } from '../api-keys'
import type { ApiEnv } from './context'
import { invalidRequest, type ProblemCode, problemCodes } from './problems'
import { problemSchema } from './resources'
import { requestProblems } from './validation'

export type Router = OpenAPIHono<ApiEnv>

/** A router whose validation answers in Fenicia's words. */
export function router(): Router {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result, c) =>
      result.success
        ? undefined
        : invalidRequest(c, requestProblems(result.error, 'data' in result ? result.data : undefined, result.target)),
  })
}

/**
 * What a route asks of its caller, for its `security`: a key, with these scopes. OpenAPI 3.1 lets a requirement of any
 * scheme name the roles that it takes.
 */
export function keyWith(...scopes: Scope[]) {
  return [{ bearer: scopes }]
}

/**
 * The id in a path, for a route's `request.params`. What no id can hold is looked for as the empty id, which nothing has:
 * so it is answered in the same words as any other id that does not exist, and does not reach Postgres, which refuses NUL.
 */
export function idParam(example: string) {
  const id = z.string().transform((text) => (text.includes('\0') ? '' : text))
  return z.object({ id: id.openapi({ param: { name: 'id', in: 'path' }, type: 'string', example }) })
}

/** A successful answer, for a route's `responses`. */
export function jsonAnswer<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** A body that must be there, for a route's `request`. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } }
}

/** A form that must be there, for a route's `request`. */
export function formBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/x-www-form-urlencoded': { schema } } }
}

/** The refusals of a route, by their codes, for its `responses`. */
export function problems(...codes: ProblemCode[]): RouteConfig['responses'] {
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of ['INTERNAL_ERROR', 'SERVICE_UNAVAILABLE', 'TOKEN_IN_URL', ...codes] as const) {
    const { status } = problemCodes[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, sameStatus]) => [
      status,
      {
        description: sameStatus.map((code) => `\`${code}\`: ${problemCodes[code].title}.`).join(' '),
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  )
}

/** What every call with a key may be refused for. */
export const keyProblems = [
  'MISSING_AUTHORIZATION',
  'INVALID_AUTHORIZATION_FORMAT',
  'INVALID_API_KEY',
  'ADDRESS_NOT_ALLOWED',
  'METHOD_NOT_GRANTED',
  'RATE_LIMITED',
  'QUOTA_EXCEEDED',
] as const
/** What every call with a JSON body may be refused for. */
export const bodyProblems = [
  'validation:missing_field',
  'validation:invalid_format',
  'validation:invalid_value',
  'validation:unknown_field',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
] as const
