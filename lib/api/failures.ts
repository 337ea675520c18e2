import { HTTPException } from 'hono/http-exception'
import { isDatabaseUnavailable } from '@/db/errors'
import { LookupUnavailableError } from '../coalesced-lookup'
import { isRefusal } from '../errors'
import { log } from '../log'
import { type Answer, type Asked, toResponse } from './answer'
import type { ApiContext } from './context'
import { answerProblem, invalidRequest, problem, refusalCodes, unreadable } from './problems'

/** The answer to what a handler threw. */
export function answerError(c: ApiContext, error: Error): Response {
  if (isRefusal(error)) {
    // What is wrong with no single field says so in its own words.
    return error.code === 'invalid' && error.fields.length > 0
      ? invalidRequest(c, error.fields)
      : problem(c, refusalCodes[error.code], error.message, {
          errors: error.fields,
          ...(error.retryAfter === null ? {} : { headers: { 'Retry-After': String(error.retryAfter) } }),
        })
  }
  if (isUnreadable(c, error)) return unreadable(c.env.requestId)
  return toResponse(answerFailure(c.env, c.req.method, error))
}

/** The answer when it is not the caller's doing, which also goes to the log. */
export function answerFailure(asked: Asked, method: string, error: unknown): Answer {
  const { requestId } = asked
  if (error instanceof LookupUnavailableError || isDatabaseUnavailable(error)) {
    logOutage(error, requestId)
    const isRead = method === 'GET' || method === 'HEAD'
    const advice = isRead ? 'Try again shortly.' : 'Look whether the change was made before you ask for it again.'
    return answerProblem(asked, 'SERVICE_UNAVAILABLE', `The database does not answer. ${advice}`, {
      headers: { 'Retry-After': '2' },
    })
  }
  log.error({ err: error, requestId }, 'An API request failed')
  const detail = `Something went wrong on our side. Quote ${requestId} when you report it.`
  return answerProblem(asked, 'INTERNAL_ERROR', detail)
}

/** How many requests of an outage are logged in a second; of the others only the number is. */
const LOGGED_PER_SECOND = 10
let second = { at: 0, logged: 0, suppressed: 0 }

/** Under load every request of an outage would write a line, at the very moment when the machine has other worries. */
function logOutage(error: unknown, requestId: string): void {
  const at = Math.floor(performance.now() / 1000)
  if (second.at !== at) second = { at, logged: 0, suppressed: second.suppressed }
  if (second.logged === LOGGED_PER_SECOND) {
    second.suppressed += 1
    return
  }
  second.logged += 1
  const { suppressed } = second
  second.suppressed = 0
  log.error({ err: error, requestId, ...(suppressed > 0 && { suppressed }) }, 'The database did not answer')
}

/** Whether it is the client's doing: it sent what Hono can't read, or left before it had sent all. */
function isUnreadable(c: ApiContext, error: Error): boolean {
  return (error instanceof HTTPException && error.status < 500) || c.env.incoming?.errored != null
}
