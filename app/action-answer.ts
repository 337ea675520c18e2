import { headers } from 'next/headers'
import { unstable_rethrow } from 'next/navigation'
import { type FieldProblem, isRefusal, type RefusalCode } from '@/lib/errors'
import { log } from '@/lib/log'
import { REQUEST_ID_HEADER } from '@/lib/request-headers'
import { isDatabaseUnavailable } from '@/lib/unavailable'

/** Why an action did not do what was asked, for the person: `failed` is our fault, everything else a refusal. */
export interface ActionRefusal {
  ok: false
  code: RefusalCode | 'failed'
  message: string
  fields: FieldProblem[]
}

export type ActionAnswer<T> = { ok: true; value: T } | ActionRefusal

/**
 * Does an action's work and turns what it throws into an answer for the page: a refusal in its own words, anything else
 * into a sentence with a reference to the log. Redirects pass through.
 */
export async function answer<T>(work: () => Promise<T>): Promise<ActionAnswer<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    unstable_rethrow(error)
    if (isRefusal(error)) return { ok: false, code: error.code, message: error.message, fields: error.fields }
    const requestId = (await headers()).get(REQUEST_ID_HEADER)
    log.error({ err: error, requestId }, 'An action failed')
    // What breaks off while a transaction is committed may have been done: whole, but nobody can say whether.
    const what = isDatabaseUnavailable(error)
      ? 'The database does not answer, so the change may have been made or not, but never by half. Look before you try again'
      : 'Something went wrong on our side and nothing was changed. Try again'
    return { ok: false, code: 'failed', message: `${what}; if you ask for help, quote ${requestId}.`, fields: [] }
  }
}
