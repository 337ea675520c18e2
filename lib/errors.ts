/** What is wrong with one field of what was sent: `message` says the rule and what to do. */
export interface FieldProblem {
  /** Path in the input, such as `scopes.2`. */
  field: string
  code: 'missing_field' | 'invalid_format' | 'invalid_value' | 'unknown_field'
  message: string
}

/** Why a request of a person or an app was refused. Its meaning to HTTP stands in one table, in `lib/api/problems.ts`. */
export type RefusalCode =
  | 'invalid'
  | 'not_found'
  | 'environment_mismatch'
  | 'forbidden'
  | 'scope_not_held'
  | 'key_not_active'
  | 'already_regenerated'
  | 'not_signed_in'
  | 'session_elsewhere'
  | 'password_required'
  | 'second_factor_required'
  | 'step_ended'
  | 'wrong_password'
  | 'too_many_attempts'
  | 'sign_up_closed'
  | 'link_ended'
  | 'credential_in_use'
  | 'credential_busy'
  | 'too_many_requests'
  | 'unavailable'

const REFUSAL = Symbol.for('fenicia.refusal')

/**
 * An expected refusal. `message` is written for the person and holds no secret. Ends the transaction that it is thrown
 * in. Recognise it by `isRefusal`: Next compiles modules several times, so `instanceof` would miss some.
 */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly [REFUSAL] = true

  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly fields: FieldProblem[] = [],
    /** How long to wait before asking again, in seconds; null: that would not help. */
    readonly retryAfter: number | null = null,
  ) {
    super(message)
  }
}

export function isRefusal(error: unknown): error is Refusal {
  return typeof error === 'object' && error !== null && REFUSAL in error
}

/** Refuses one field. */
export function invalidField(field: string, message: string, code: FieldProblem['code'] = 'invalid_value'): Refusal {
  return new Refusal('invalid', message, [{ field, code, message }])
}
