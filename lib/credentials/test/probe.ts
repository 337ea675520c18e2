import type { Egress } from '../../egress'
import { isEgressError } from '../../egress/errors'
import { parseUrl } from '../../parse-url'
import type { Secret } from '../../vault/secret'
import { type Placed, withQuery } from '../place'
import type { TestRequest } from '../types'
import { adviceOnFailure } from './advice'
import { showAnswer } from './answer'
import type { ShownAnswer, StageReport, TestReport } from './report'

/** Patience of a test, in which a person waits for it. */
export const TEST_LIMITS = { headersMs: 15_000, idleMs: 10_000, totalMs: 25_000, maxBodyBytes: 1024 * 1024 }

const USUAL_HEADERS = [
  ['accept', '*/*'],
  ['user-agent', 'Fenicia'],
] as const

type Verdict = Pick<TestReport, 'result' | 'detail' | 'advice'>

/** What a probe found, without what is the same for all tests. */
export type Probed = Verdict & { answer: ShownAnswer | null }

/**
 * Sends the test request with the credential on it and judges the answer.
 * @param secrets all that must not come back, those that `placed` holds among them
 * @param onStage told of each stage once it is over
 */
export async function probe(
  egress: Pick<Egress, 'request'>,
  test: TestRequest,
  placed: Placed,
  secrets: readonly Secret[],
  onStage: (stage: StageReport) => void,
  signal?: AbortSignal,
): Promise<Probed> {
  const own = new Set(placed.headers.map(([name]) => name.toLowerCase()))
  try {
    const response = await egress.request(withQuery(test.url, placed.query), {
      method: test.method,
      headers: [...USUAL_HEADERS.filter(([name]) => !own.has(name)), ...placed.headers],
      limits: TEST_LIMITS,
      signal,
      onStage: ({ stage, ms }) => onStage({ server: 'service', stage, outcome: 'passed', ms: Math.round(ms) }),
    })
    const answer = await showAnswer(response, secrets, test.url)
    const verdict = judge(test, answer, leadsToLogin(response.headers.location, test.url))
    const outcome = { good: 'passed', refused: 'failed', unproven: 'unproven', failed: 'failed' } as const
    onStage({ server: 'service', stage: 'authentication', outcome: outcome[verdict.result], ms: null })
    // Of an answer to whoever was let in, nothing is to be shown: it is the service's data, whatever counts as good.
    const isLetIn = verdict.result === 'good' || Math.floor(answer.status / 100) === 2
    return { ...verdict, answer: isLetIn ? { ...answer, excerpt: null } : answer }
  } catch (error) {
    if (!isEgressError(error)) throw error
    onStage({ server: 'service', stage: error.stage, outcome: 'failed', ms: null })
    return { result: 'failed', detail: error.message, advice: adviceOnFailure[error.code], answer: null }
  }
}

/** A part of a path that is usual where people log in, or an application asks them to let it in. */
const LOGIN =
  /^((wp-)?log[-_]?in|log[-_]?on|sign[-_]?(in|on)|sso|auth|authenticate|authori[sz]e|oauth2?|sessions?)(\.\w+)?$/i

/**
 * Whether a redirect leads to another server, or to what looks like a page to log in: services send there whoever they
 * don't let in.
 */
function leadsToLogin(location: string | undefined, requestUrl: string): boolean {
  const from = parseUrl(requestUrl)
  const to = location === undefined ? null : parseUrl(location, requestUrl)
  // Where it leads to nobody can tell, or to another server, the same over TLS among them: nobody looked at the credential yet.
  if (!from || !to) return location !== undefined
  if (to.origin !== from.origin) return true
  // What is asked for may itself be below such a part.
  const own = new Set(partsOf(from))
  return partsOf(to).some((part) => LOGIN.test(part) && !own.has(part))
}

/** Of the path, without parameters such as `;jsessionid=…`; and of what follows `#`, where pages may have a path of their own. */
function partsOf({ pathname, hash }: URL): string[] {
  return `${pathname}/${hash.slice(1)}`.split('/').map((part) => part.replace(/[;?].*$/, ''))
}

/**
 * What a status says of the credential.
 * @param isLogin whether it redirects to where one logs in
 */
function judge({ good }: TestRequest, { status, location, retryAfter }: ShownAnswer, isLogin: boolean): Verdict {
  // Whoever says what counts as good knows the service.
  if (good.length === 0 && status >= 300 && status < 400 && isLogin) {
    return {
      result: 'unproven',
      detail: `The service was reached and redirects to ${location ?? 'another page'} (status ${status}), which was not followed and does not prove the credential.`,
      advice:
        'Many services send whoever they don’t let in to a page to log in. Choose an address for the test that answers with 200 when one is let in or, if this service answers so then, name the statuses that count as good.',
    }
  }
  const isGood = good.length === 0 ? status >= 200 && status < 400 : good.some((rule) => matches(rule, status))
  if (isGood) {
    const redirect = location ? ` It redirects to ${location}, which was not followed.` : ''
    return {
      result: 'good',
      detail: `The service accepted the credential (status ${status}).${redirect}`,
      advice: null,
    }
  }
  if (status === 401 || status === 403) {
    return {
      result: 'refused',
      detail: `The service refused the credential (status ${status}).`,
      advice:
        status === 401
          ? 'Look whether it was copied whole, is of the right environment, and stands where the service expects it.'
          : 'The service knows the credential but does not allow this: look at its permissions there, or choose another address for the test.',
    }
  }
  const unproven = 'which does not prove the credential'
  if (status === 429) {
    const wait = retryAfter ? ` It asks to wait (Retry-After: ${retryAfter}).` : ''
    return {
      result: 'unproven',
      detail: `The service was reached but answers too many requests now (status 429), ${unproven}.${wait}`,
      advice: 'Test again later.',
    }
  }
  if (status >= 500) {
    return {
      result: 'unproven',
      detail: `The service was reached but has a problem of its own (status ${status}), ${unproven}.`,
      advice: 'Test again later.',
    }
  }
  return {
    result: 'unproven',
    detail: `The service was reached and answered with status ${status}, ${unproven}.`,
    advice:
      'Choose an address for the test that only answers with 200 when one is let in, such as the service’s “me” or “account”.',
  }
}

function matches(rule: string, status: number): boolean {
  return rule.endsWith('xx') ? Math.floor(status / 100) === Number(rule[0]) : Number(rule) === status
}
