import type { TestEvent } from '@/lib/credentials'
import type { ActionProblem } from '../../data/action-result'
import type { TestReport } from '../words'

/** What is shown of a test while it runs. */
export type ShownEvent = Exclude<TestEvent, { kind: 'draft' }>

/** One line of what a test tells: its stages as they happen and, last, what was found or why nothing was tested. */
export type TestLine =
  | TestEvent
  | ({ kind: 'report' } & TestReport)
  | ({ kind: 'refused' } & Pick<ActionProblem, 'code' | 'message' | 'fields'>)

/** What is to be tested: a form, or a stored credential, as it is or with changes. */
export type TestSubject = { credential_id: null; form: object } | { credential_id: string; changes?: object }
