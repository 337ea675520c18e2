import { AuthorizationResponseError, validateAuthResponse } from 'oauth4webapi'
import type { OAuth2Settings } from '../../credentials/types'
import { parseUrl } from '../../parse-url'
import { isStorable } from '../../text'
import { blank } from '../../vault/blank'
import { Secret } from '../../vault/secret'

/** What an authorization response (RFC 6749, 4.1.2) is. */
export type AuthorizationResponse =
  | { kind: 'code'; parameters: URLSearchParams }
  /** The person, or the server for its own reasons, has said no. */
  | { kind: 'error'; error: string; description: string | null }
  /** It is of another server than the one that was asked (RFC 9207, 2.4). */
  | { kind: 'mixed_up' }
  /** It has no code, or more than one of anything. */
  | { kind: 'unusable' }

const MAX_DESCRIPTION = 300

/**
 * Reads what has come back for a state that was found to be ours.
 * @param namesIssuer whether the server said that its responses name it
 */
export function readResponse(
  settings: Pick<OAuth2Settings, 'issuer' | 'authorization_url' | 'token_url' | 'client_id'>,
  parameters: URLSearchParams,
  state: string,
  namesIssuer: boolean,
): AuthorizationResponse {
  const names = [...parameters.keys()]
  if (['state', 'code', 'iss', 'error'].some((name) => names.filter((other) => other === name).length > 1)) {
    return { kind: 'unusable' }
  }
  const iss = parameters.get('iss')
  if (iss === null ? namesIssuer : !isExpected(settings, iss)) return { kind: 'mixed_up' }
  const server = { issuer: iss ?? settings.issuer ?? new URL(settings.token_url).origin }
  try {
    const valid = validateAuthResponse(server, { client_id: settings.client_id }, parameters, state)
    return valid.get('code') ? { kind: 'code', parameters: valid } : { kind: 'unusable' }
  } catch (error) {
    if (!(error instanceof AuthorizationResponseError)) return { kind: 'unusable' }
    const sent = [parameters.get('code'), state].flatMap((text) => (text ? [new Secret(text)] : []))
    return { kind: 'error', error: codeOf(error.error), description: wordsOf(error.error_description, sent) }
  }
}

/** Where nobody has named the issuer, it must at least be of a server that the settings name. */
function isExpected(
  { issuer, authorization_url, token_url }: Pick<OAuth2Settings, 'issuer' | 'authorization_url' | 'token_url'>,
  iss: string,
): boolean {
  if (issuer) return iss === issuer
  const origins = [authorization_url, token_url].flatMap((url) => (url ? [new URL(url).origin] : []))
  const named = parseUrl(iss)
  return named !== null && origins.includes(named.origin)
}

/** A code as RFC 6749, 4.1.2.1 has them; anything else is said without it. */
function codeOf(error: string): string {
  return /^[a-z_]{1,64}$/.test(error) ? error : 'error'
}

/** The provider’s words, as they may be shown and kept: whoever made the address may have put anything into it. */
function wordsOf(description: string | undefined, sent: readonly Secret[]): string | null {
  const words = blank(description ?? '', sent)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  const shown = [...words].slice(0, MAX_DESCRIPTION).join('')
  return shown !== '' && isStorable(shown) ? shown : null
}
