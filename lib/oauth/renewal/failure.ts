import { isEgressError } from '../../egress/errors'
import { isVaultError } from '../../vault/errors'
import { isOAuthError } from '../errors'

/** What a renewal that brought no tokens means. */
export interface Failure {
  /** Whether a person has to do something before it can succeed. */
  isPermanent: boolean
  /** Whether the endpoint failed as such, so that others who renew there will fail as well. */
  isEndpoints: boolean
  /** Whether it was asked and its answer did not come to its end: nobody knows whether it has taken the refresh token. */
  isAnswerLost: boolean
  /** The provider's error code, or Fenicia's of a call that was not answered. */
  error: string
  status: number | null
  /** One sentence, for people. */
  detail: string
  /** What there is to tell beside the error code: the provider's own words, or why it was not reached; null: nothing. */
  said: string | null
  retryAfterMs: number | null
}

/** Failures of a call that are the address's, as one account typed it, and not the endpoint's. */
const NOT_ENDPOINTS = new Set(['url_refused', 'scheme_refused', 'address_refused', 'request_refused', 'aborted'])

/** Failures of a request that was sent, or a part of it. */
const ANSWER_LOST = new Set(['connection_reset', 'timeout_headers', 'timeout_body', 'too_large', 'protocol', 'aborted'])

/**
 * Judges what a renewal failed with.
 * @returns null when it says nothing of the tokens: the lease was lost, or there is nothing to renew any more
 */
export function judgeFailure(thrown: unknown): Failure | null {
  if (isOAuthError(thrown)) {
    // Nobody was asked: somebody else renews, or it was never connected.
    if (thrown.code === 'busy' || thrown.code === 'no_refresh_token') return null
    // One without a status is not the provider's answer, but what is stored of an earlier one.
    if (thrown.code === 'refused' && thrown.status === null) return null
    return {
      isPermanent: thrown.isPermanent,
      isEndpoints: thrown.code === 'unavailable',
      isAnswerLost: false,
      error: thrown.error ?? (thrown.status === null ? thrown.code : `status ${thrown.status}`),
      status: thrown.status,
      detail: thrown.message,
      said: thrown.description,
      retryAfterMs: thrown.retryAfterMs,
    }
  }
  if (isEgressError(thrown)) {
    const { code, stage, message } = thrown
    return {
      ...TEMPORARY,
      isEndpoints: !NOT_ENDPOINTS.has(code),
      isAnswerLost: stage === 'request' && ANSWER_LOST.has(code),
      error: code,
      detail: message,
      said: message,
    }
  }
  if (isVaultError(thrown)) return { ...TEMPORARY, error: thrown.code, detail: thrown.message, said: thrown.message }
  return null
}

/**
 * What it means that tokens come to their end without a refresh token: consent has brought none, and nobody but a person
 * can get others.
 */
export const WITHOUT_REFRESH_TOKEN: Failure = {
  isPermanent: true,
  isEndpoints: false,
  isAnswerLost: false,
  error: 'no_refresh_token',
  status: null,
  detail: 'The service gave no refresh token when it was connected.',
  said: 'The service gave no refresh token when it was connected.',
  retryAfterMs: null,
}

/** What it means that an answer came and neither the disk nor the database took it: what it held is lost. */
export const NOT_STORED: Failure = {
  isPermanent: false,
  isEndpoints: false,
  isAnswerLost: true,
  error: 'not_stored',
  status: null,
  detail: 'The service gave new tokens, which could not be stored.',
  said: 'The service gave new tokens, which could not be stored.',
  retryAfterMs: null,
}

/** What is stored that can't be opened any more, with what brings another. */
const UNREADABLE = {
  client: 'The stored client secret can’t be opened any more: edit the credential and enter it again.',
  refresh_token:
    'The stored tokens can’t be opened any more: connect the service again, or edit the credential and enter the refresh token again.',
  client_credentials:
    'The stored tokens can’t be opened any more: edit the credential and enter the client secret again.',
}

/**
 * What it means that something stored can't be opened any more, though the account's key can. Tried again all the same, by
 * and by: a backup may bring back what was.
 * @param what `client`: what it is renewed with; else the tokens, of this grant
 */
export function unreadableFailure(what: keyof typeof UNREADABLE): Failure {
  return { ...TEMPORARY, error: 'corrupt', detail: UNREADABLE[what], said: UNREADABLE[what] }
}

const TEMPORARY = { isPermanent: false, isEndpoints: false, isAnswerLost: false, status: null, retryAfterMs: null }
