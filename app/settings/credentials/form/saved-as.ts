import { resultWord } from '../test-status'
import type { TestResult } from '../words'

/** What is known of a form by tests, for the words beside the button that saves it. */
export interface Known {
  /** Of this very form; null: it was not tested as it is. */
  tested: TestResult | null
  /** An earlier state of the form was tested on this page. */
  wasTested: boolean
  /** Of an edit that changes nothing that is sent: the result that stays. */
  stays: TestResult | null | undefined
}

/** As what a form would be saved, in words. */
export function savedAs({ tested, wasTested, stays }: Known): string {
  if (tested) return `Tested: saved as “${resultWord(tested)}”`
  if (stays !== undefined) {
    return stays === null ? 'Not tested yet: stays “Not tested”' : `The last test still counts: “${resultWord(stays)}”`
  }
  return wasTested ? 'Changed since its test: saved as “Not tested”' : 'Not tested yet: saved as “Not tested”'
}
