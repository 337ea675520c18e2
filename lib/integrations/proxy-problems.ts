import type { proxyOutcomes } from '@/db/schema'
import { isRefusal } from '../errors'
import { isOAuthError, type OAuthError } from '../oauth'
import { isVaultError } from '../vault'
import { type ForwardFailure, failureOf } from './forward'
import { isPathRefused } from './path'

/** Why a call was not answered by the service: the codes of the API's problems. */
export type ProxyProblemCode =
  | 'NOT_FOUND'
  | 'ENVIRONMENT_MISMATCH'
  | 'INSUFFICIENT_PERMISSIONS'
  | 'METHOD_NOT_ALLOWED'
  | 'TOKEN_IN_REQUEST'
  | 'validation:invalid_value'
  | 'INTEGRATION_PAUSED'
  | 'INTEGRATION_INCOMPLETE'
  | 'PATH_NOT_ALLOWED'
  | 'CREDENTIAL_REFUSED'
  | 'CREDENTIAL_BUSY'
  | 'CREDENTIAL_UNREADABLE'
  | ForwardFailure['code']

export interface ProxyProblem {
  code: ProxyProblemCode
  /** Whose fault it was and what to do. */
  detail: string
  headers?: Record<string, string>
  /** As it is noted; the answer's own is that of its code. */
  status: number
  outcome: (typeof proxyOutcomes)[number]
}

/**
 * What became of a call that failed on its way.
 * @returns null for Fenicia's own failures
 */
export function problemOf(error: unknown): ProxyProblem | null {
  if (isOAuthError(error)) {
    // The provider is down, or somebody else renews: it says nothing against the credential.
    if (error.code === 'busy' || error.code === 'unavailable') {
      const seconds = Math.max(1, Math.ceil((error.retryAfterMs ?? 1_000) / 1000))
      return {
        code: 'CREDENTIAL_BUSY',
        detail: `No access token can be had right now${reasonOf(error)}, so the request was not carried out: try again.`,
        headers: { 'Retry-After': String(Math.min(seconds, 3_600)) },
        status: 503,
        outcome: 'token_unavailable',
      }
    }
    return {
      code: 'CREDENTIAL_REFUSED',
      detail: `The credential has no access token that the service takes, so the request was not carried out${reasonOf(error)}. Look at the credential in Fenicia.`,
      status: 502,
      outcome: 'token_unavailable',
    }
  }
  if (isVaultError(error)) {
    const detail =
      'The stored secret can’t be opened: it is damaged, or the key that opens it is missing. Whoever runs this server can find out with “npm run vault check”.'
    return { code: 'CREDENTIAL_UNREADABLE', detail, status: 500, outcome: 'token_unavailable' }
  }
  if (isRefusal(error) && error.code === 'not_found') {
    const detail = 'The credential was deleted while the call was prepared, so the request was not sent.'
    return { code: 'INTEGRATION_INCOMPLETE', detail, status: 409, outcome: 'token_unavailable' }
  }
  if (isPathRefused(error)) {
    return { code: 'validation:invalid_value', detail: error.message, status: 400, outcome: 'refused_by_egress' }
  }
  return failureOf(error)
}

/** The provider's error code. Its words are for whoever looks after the credential, not for every app that uses it. */
function reasonOf({ error }: Pick<OAuthError, 'error'>): string {
  return error === null ? '' : ` (${error})`
}
