import type { ActionRefusal } from '@/app/action-answer'
import type { ActionProblem } from '../data/action-result'

/** A refusal in the words of the page's forms. */
export function problemOf({ code, message, fields }: ActionRefusal): ActionProblem {
  return { ok: false, code, message, fields: Object.fromEntries(fields.map((one) => [one.field, one.message])) }
}
