/**
 * Why there are no tokens. refused: the provider said no, with an error code of OAuth (RFC 6749, 5.2). unavailable: the
 * token endpoint can't answer now. unusable_answer: it answered with what is neither tokens nor a refusal. busy: another
 * renewal of the same tokens has not ended in time. no_refresh_token: nothing is stored to renew with.
 */
export type OAuthErrorCode = 'refused' | 'unusable_answer' | 'unavailable' | 'busy' | 'no_refresh_token'

const MEANINGS: Record<OAuthErrorCode, string> = {
  refused: 'The token endpoint refused to give a token',
  unusable_answer: 'The token endpoint gave an answer without a token',
  unavailable: 'The token endpoint can’t answer just now',
  busy: 'The tokens are being renewed at this moment',
  no_refresh_token: 'There is no refresh token to renew with',
}

/** Refusals that trying again does not change: a person has to authorize anew, or to correct the client. */
const PERMANENT = new Set(['invalid_grant', 'invalid_client', 'unauthorized_client'])

const OAUTH_ERROR = Symbol.for('fenicia.oauth-error')

export interface OAuthErrorDetails {
  /** Of the answer; null: there was none. */
  status?: number | null
  /** The error code that the provider gave, such as `invalid_grant`. */
  error?: string | null
  /** The provider's own words, bounded, without control characters and without what was sent as a secret. */
  description?: string | null
  /** How long the provider asks to wait. */
  retryAfterMs?: number | null
}

/**
 * Tokens that were not obtained. The message is for people and holds no secret; there is no cause, since what the library
 * and the provider say may hold some. Recognise it by `isOAuthError`: Next compiles modules several times.
 */
export class OAuthError extends Error {
  override name = 'OAuthError'
  readonly [OAUTH_ERROR] = true
  readonly status: number | null
  readonly error: string | null
  readonly description: string | null
  readonly retryAfterMs: number | null

  constructor(
    readonly code: OAuthErrorCode,
    { status = null, error = null, description = null, retryAfterMs = null }: OAuthErrorDetails = {},
  ) {
    super(messageOf(code, { status, error, description }))
    this.status = status
    this.error = error
    this.description = description
    this.retryAfterMs = retryAfterMs
  }

  /** Whether trying again is pointless until a person does something. */
  get isPermanent(): boolean {
    return this.code === 'refused' && this.error !== null && PERMANENT.has(this.error)
  }
}

export function isOAuthError(error: unknown): error is OAuthError {
  return typeof error === 'object' && error !== null && OAUTH_ERROR in error
}

function messageOf(code: OAuthErrorCode, { status, error, description }: OAuthErrorDetails): string {
  const reason = error ?? (status === null ? null : `status ${status}`)
  return `${MEANINGS[code]}${reason ? ` (${reason})` : ''}${description ? `: “${description}”` : '.'}`
}
