import { calculatePKCECodeChallenge } from 'oauth4webapi'
import type { OAuth2Settings } from '../../credentials/types'

/** What an authorization request is made of, besides the settings. */
export interface AuthorizationRequest {
  redirectUri: string
  state: string
  codeVerifier: string
  /** Null: no ID token is asked for. */
  nonce: string | null
}

/** Whether an ID token is asked for (OpenID Connect Core, 3.1.2.1). */
export function asksForIdToken({ scopes }: Pick<OAuth2Settings, 'scopes'>): boolean {
  return scopes.includes('openid')
}

/**
 * Where to send a browser (RFC 6749, 4.1.1), always with a code challenge of S256 (RFC 7636). What the settings add can't
 * change what the flow sets.
 */
export async function authorizationUrl(
  settings: OAuth2Settings,
  { redirectUri, state, codeVerifier, nonce }: AuthorizationRequest,
): Promise<string> {
  const url = new URL(settings.authorization_url ?? '')
  const query = url.searchParams
  for (const { name, value } of settings.authorization_parameters ?? []) query.set(name, value)
  query.set('response_type', 'code')
  query.set('client_id', settings.client_id)
  query.set('redirect_uri', redirectUri)
  query.set('state', state)
  query.set('code_challenge', await calculatePKCECodeChallenge(codeVerifier))
  query.set('code_challenge_method', 'S256')
  if (settings.scopes.length > 0) query.set('scope', settings.scopes.join(' '))
  if (settings.audience !== null) query.set('audience', settings.audience)
  if (nonce !== null) query.set('nonce', nonce)
  return url.href
}
