import type { ActionAnswer, ActionRefusal } from '@/app/action-answer'
import type { NoAnswer } from '@/app/no-answer'

/** Why an action did not do what was asked. Everything in it is written for the person. */
export interface ActionProblem {
  ok: false
  code: ActionRefusal['code'] | NoAnswer['code']
  message: string
  /** What is wrong with single fields, by the form's names for them. */
  fields: Record<string, string>
}

/** What a server action of these pages answers. */
export type ActionResult<Value> = Extract<ActionAnswer<Value>, { ok: true }> | ActionProblem
