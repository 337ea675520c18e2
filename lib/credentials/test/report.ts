import type { EgressStage } from '../../egress/errors'
import type { TestResult } from '../types'

/** What a test goes through, in this order; over http there is no `tls`. */
export type TestStage = EgressStage | 'authentication'

/** Which server: the token endpoint of OAuth2, or the service itself. */
export type TestedServer = 'token' | 'service'

/** One stage of a test, once it is over. */
export interface StageReport {
  server: TestedServer
  stage: TestStage
  outcome: 'passed' | 'failed' | 'unproven'
  /** How long it took, in milliseconds; null where that would tell what the answer must not. */
  ms: number | null
}

/** What a server answered, as far as it may be shown: bounded, secrets blanked. */
export interface ShownAnswer {
  status: number
  /** Where a redirect leads, without its query. It was not followed. */
  location: string | null
  wwwAuthenticate: string | null
  retryAfter: string | null
  /** The beginning of the body, when it is text; null also when a secret is too short to be found in it. */
  excerpt: string | null
}

export interface TestReport {
  result: TestResult
  /** What was found, in a sentence or two. */
  detail: string
  /** What to do; null: nothing. */
  advice: string | null
  stages: StageReport[]
  answer: ShownAnswer | null
  testedAt: Date
}

/** What a test tells while it runs. `draft`: before it spends a refresh token, where what it gets for that is kept. */
export type TestEvent =
  | { kind: 'server'; server: TestedServer; host: string; isSecure: boolean }
  | ({ kind: 'stage' } & StageReport)
  | { kind: 'draft'; draftId: string }
