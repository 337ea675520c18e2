import { unstable_isUnrecognizedActionError } from 'next/navigation'

/** An action of which the browser got no answer. */
export interface NoAnswer {
  ok: false
  /**
   * `lost`: what was done is unknown. `outdated`: this page is older than the server, which does not know its actions any
   * more.
   */
  code: 'lost' | 'outdated'
  message: string
}

const LOST =
  'No answer came from the server, so it is not known whether the change was made. Look before you try again.'
const OUTDATED =
  'Fenicia was updated since you opened this page, and nothing was changed. Reload the page, then do it again.'

/**
 * What to tell when the call of a server action threw. Thrown on in a transition, it would take the page away, and with it
 * all that was typed.
 * @param lost what to say when the work may have been done
 */
export function noAnswer(error: unknown, lost = LOST): NoAnswer {
  return unstable_isUnrecognizedActionError(error)
    ? { ok: false, code: 'outdated', message: OUTDATED }
    : { ok: false, code: 'lost', message: lost }
}
