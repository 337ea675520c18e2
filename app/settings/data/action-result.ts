import type { ActionAnswer, ActionRefusal } from '@/app/action-answer'

/** Why an action did not do what was asked. Everything in it is written for the person. */
export interface ActionProblem {
  ok: false
  /**
   * `lost`: the browser got no answer, so what was done is unknown. `outdated`: this page is older than the server, which
   * does not know its actions any more.
   */
  code: ActionRefusal['code'] | 'lost' | 'outdated'
  message: string
  /** What is wrong with single fields, by the form's names for them. */
  fields: Record<string, string>
}

/** What a server action of these pages answers. */
export type ActionResult<Value> = Extract<ActionAnswer<Value>, { ok: true }> | ActionProblem
