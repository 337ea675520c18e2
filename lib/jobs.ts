import type { Logger } from 'pino'

/** The jobs that run at their times. What each does, and when, stands in `jobs/catalogue.ts`. */
export type ScheduledJobId =
  | 'api-keys.retire-silent'
  | 'api-keys.bulk-revocations'
  | 'api-keys.prune-usage'
  | 'api-keys.revoke-idle'
  | 'api-keys.warn-of-expiry'
  | 'api-keys.end-rehearsals'
  | 'review.digest'
  | 'integrations.find-failing'
  | 'integrations.prune-calls'
  | 'credentials.prune-drafts'
  | 'credentials.renew-due'
  | 'credentials.warn-of-expiry'
  | 'credentials.prune-renewals'
  | 'notifications.deliver'
  | 'notifications.remind'
  | 'notifications.prune'
  | 'accounts.prune'
  | 'webhooks.deliver'
  | 'webhooks.prune'
  | 'audit.checkpoint'
  | 'audit.cut'

/**
 * The jobs that run when they are dispatched, by id, with what each is told: ids and plain words, nothing secret, since it
 * may travel to Trigger.dev.
 */
export interface JobPayloads {
  'credentials.renew': {
    accountId: string
    credentialId: string
    /** Origin of the token endpoint; null: it was never asked. */
    endpoint: string | null
  }
}

/** What the body of a job gets besides the runtime and its payload. */
export interface JobContext {
  /** Aborted when the job has lasted too long, or the process stops: what is left to do is left. */
  signal: AbortSignal
  /** 1, and one more for each time that it is tried again. */
  attempt: number
  log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>
}

export interface DispatchOptions {
  /** Of all that are dispatched to a job with the same key within five minutes, the first one is run. */
  idempotencyKey?: string
  /** How long to wait before the first attempt. */
  delayMs?: number
}

/** Has the jobs of `jobs/` run: in this process, or by Trigger.dev. */
export interface JobRunner<Scheduled extends string = ScheduledJobId, Payloads = JobPayloads> {
  /** Runs a scheduled job soon, such as when a person waits for its result; once for all who ask before it begins. */
  trigger(id: Scheduled): void
  /**
   * Runs a job with what it is told, as soon as its queue has room.
   * @returns when it is taken; its result is where the job leaves it
   * @throws {TypeError} when the payload isn't what the job takes; what Trigger.dev or the way there says
   */
  dispatch<Id extends string & keyof Payloads>(id: Id, payload: Payloads[Id], options?: DispatchOptions): Promise<void>
  /** Starts nothing more and waits for what runs. */
  stop(): Promise<void>
}

const FINAL = Symbol.for('fenicia.final-failure')

/**
 * A failure that another attempt would meet again: the job is not tried once more. Its message may be shown to whoever runs
 * the jobs, and holds no secret.
 */
export class FinalFailure extends Error {
  override name = 'FinalFailure'
  readonly [FINAL] = true
}

/** By a brand, since modules may exist several times in a process. */
export function isFinalFailure(error: unknown): error is FinalFailure {
  return typeof error === 'object' && error !== null && FINAL in error
}
