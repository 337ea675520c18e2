import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { FieldProblem, RefusalCode } from '../errors'
import { type Answer, type Asked, answerJson, toResponse } from './answer'

/** Every error code of the API: its HTTP status and its title. The one table of both. */
export const problemCodes = {
  MISSING_AUTHORIZATION: { status: 401, title: 'No API key was sent' },
  INVALID_AUTHORIZATION_FORMAT: { status: 401, title: 'The Authorization header is not in the expected form' },
  INVALID_API_KEY: { status: 401, title: 'The API key is not accepted' },
  INSUFFICIENT_PERMISSIONS: { status: 403, title: 'The API key may not do this' },
  ENVIRONMENT_MISMATCH: { status: 403, title: 'The API key is of the other environment' },
  ADDRESS_NOT_ALLOWED: { status: 403, title: 'The API key may not be used from this address' },
  METHOD_NOT_GRANTED: { status: 403, title: 'The API key may not use this method' },
  'validation:missing_field': { status: 400, title: 'A required field is missing' },
  'validation:invalid_format': { status: 400, title: 'The request is not in the expected form' },
  'validation:invalid_value': { status: 400, title: 'A field has a value that is not allowed' },
  'validation:unknown_field': { status: 400, title: 'The request has a field that does not exist' },
  TOKEN_IN_URL: { status: 400, title: 'A token was sent in the URL' },
  TOKEN_IN_REQUEST: { status: 400, title: 'A token was to be sent on to a service' },
  PATH_NOT_ALLOWED: { status: 403, title: 'The integration does not allow this path' },
  NOT_FOUND: { status: 404, title: 'There is nothing at this address' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This address does not answer that method' },
  KEY_NOT_ACTIVE: { status: 409, title: 'The key is not in a state that allows this' },
  ALREADY_REGENERATED: { status: 409, title: 'The key has been regenerated already' },
  INTEGRATION_PAUSED: { status: 409, title: 'The integration is paused' },
  INTEGRATION_INCOMPLETE: { status: 409, title: 'The integration has no credential that it may use' },
  CREDENTIAL_IN_USE: { status: 409, title: 'An integration uses the credential' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The request body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The request body has the wrong content type' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  QUOTA_EXCEEDED: { status: 429, title: 'The API key has used up its monthly quota' },
  CREDENTIAL_UNREADABLE: { status: 500, title: 'The stored secret can’t be opened' },
  INTERNAL_ERROR: { status: 500, title: 'Something went wrong on our side' },
  TRANSFER_CODING_NOT_SUPPORTED: { status: 501, title: 'The request body is in a transfer coding that is not undone' },
  CREDENTIAL_REFUSED: { status: 502, title: 'The service no longer gives tokens for the credential' },
  UPSTREAM_UNREACHABLE: { status: 502, title: 'The service can’t be reached' },
  UPSTREAM_NOT_TRUSTED: { status: 502, title: 'The service did not prove who it is' },
  UPSTREAM_ADDRESS_REFUSED: { status: 502, title: 'The address of the service may not be called' },
  UPSTREAM_BROKE_OFF: { status: 502, title: 'The service broke off' },
  UPSTREAM_ANSWER_INVALID: { status: 502, title: 'The service’s answer can’t be passed on' },
  REQUEST_NOT_SENDABLE: { status: 502, title: 'The request can’t be sent' },
  CALL_ENDED: { status: 502, title: 'The call was ended before it was answered' },
  CREDENTIAL_BUSY: { status: 503, title: 'No access token can be had right now' },
  SERVICE_UNAVAILABLE: { status: 503, title: 'Fenicia cannot answer right now' },
  UPSTREAM_TIMEOUT: { status: 504, title: 'The service was too slow' },
} as const satisfies Record<string, { status: ContentfulStatusCode; title: string }>

export type ProblemCode = keyof typeof problemCodes

/** Where `/docs/api` explains a code. */
export function problemAnchor(code: ProblemCode): string {
  return code.replace(':', '-')
}

/** What a refusal of the domain means to HTTP. */
export const refusalCodes: Record<RefusalCode, ProblemCode> = {
  invalid: 'validation:invalid_value',
  not_found: 'NOT_FOUND',
  environment_mismatch: 'ENVIRONMENT_MISMATCH',
  forbidden: 'INSUFFICIENT_PERMISSIONS',
  scope_not_held: 'INSUFFICIENT_PERMISSIONS',
  key_not_active: 'KEY_NOT_ACTIVE',
  already_regenerated: 'ALREADY_REGENERATED',
  // Refusals of signing in, which the API has no call for.
  not_signed_in: 'MISSING_AUTHORIZATION',
  session_elsewhere: 'INSUFFICIENT_PERMISSIONS',
  password_required: 'INSUFFICIENT_PERMISSIONS',
  second_factor_required: 'INSUFFICIENT_PERMISSIONS',
  step_ended: 'INSUFFICIENT_PERMISSIONS',
  wrong_password: 'INSUFFICIENT_PERMISSIONS',
  too_many_attempts: 'INSUFFICIENT_PERMISSIONS',
  sign_up_closed: 'INSUFFICIENT_PERMISSIONS',
  link_ended: 'NOT_FOUND',
  credential_in_use: 'CREDENTIAL_IN_USE',
  credential_busy: 'CREDENTIAL_BUSY',
  too_many_requests: 'RATE_LIMITED',
  unavailable: 'SERVICE_UNAVAILABLE',
}

interface ProblemMore {
  errors?: FieldProblem[]
  headers?: Record<string, string>
}

/**
 * An error answer, RFC 9457.
 * @param detail what happened and what to do, for the person who reads it; never what was sent
 */
export function answerProblem(
  asked: Asked,
  code: ProblemCode,
  detail: string,
  { errors, headers }: ProblemMore = {},
): Answer {
  const { status, title } = problemCodes[code]
  const body = {
    type: `/docs/api#${problemAnchor(code)}`,
    title,
    status,
    detail,
    code,
    requestId: asked.requestId,
    ...(errors && errors.length > 0 ? { errors } : {}),
  }
  // Beside the body: a call through an integration is told by it whose refusal it is.
  return answerJson(asked, status, body, { 'Fenicia-Error': code, ...headers }, 'application/problem+json')
}

/** `answerProblem` for Hono. */
export function problem(c: { env: Asked }, code: ProblemCode, detail: string, more?: ProblemMore): Response {
  return toResponse(answerProblem(c.env, code, detail, more))
}

/**
 * A body or query that breaks its schema: the code is the first field's. A message is a sentence of its own, or what is
 * to be read after the field's name.
 */
export function invalidRequest(c: { env: Asked }, errors: FieldProblem[]): Response {
  const [first] = errors
  const detail = errors
    .map(({ field, message }) => (/^\p{Lu}/u.test(message) ? message : `${field} ${message}`))
    .join('; ')
  const sentence = /[.!?]$/.test(detail) ? detail : `${detail}.`
  return problem(c, `validation:${first?.code ?? 'invalid_value'}`, sentence.trimStart(), { errors })
}

/** The refusal of what can't be read at all. */
export function unreadable(requestId: string): Response {
  const message = 'The request could not be read'
  return invalidRequest({ env: { requestId } }, [{ field: '', code: 'invalid_format', message }])
}

/** The refusal of a request whose query holds a token. */
export function tokenInUrl(requestId: string): Response {
  return problem(
    { env: { requestId } },
    'TOKEN_IN_URL',
    'Tokens do not belong in URLs, where logs keep them. Send it as “Authorization: Bearer …”, and regenerate this one.',
  )
}
