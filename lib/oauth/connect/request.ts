import { calculatePKCECodeChallenge } from 'oauth4webapi'
import type { OAuth2Settings } from '../../credentials/types'
import { type TokenDialect, translate } from '../dialect'

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
 * Where to send a browser (RFC 6749, 4.1.1), with a code challenge of S256 (RFC 7636) unless the provider has none. What
 * the settings add can't change what the flow sets.
 * @param dialect how the provider calls what is sent
 */
export async function authorizationUrl(
  settings: OAuth2Settings,
  { redirectUri, state, codeVerifier, nonce }: AuthorizationRequest,
  dialect: TokenDialect = {},
): Promise<string> {
  const url = new URL(settings.authorization_url ?? '')
  const query = url.searchParams
  for (const { name, value } of settings.authorization_parameters ?? []) query.set(name, value)
  const flow = new URLSearchParams()
  flow.set('response_type', 'code')
  flow.set('client_id', settings.client_id)
  flow.set('redirect_uri', redirectUri)
  flow.set('state', state)
  if (dialect.authorization?.pkce !== false) {
    flow.set('code_challenge', await calculatePKCECodeChallenge(codeVerifier))
    flow.set('code_challenge_method', 'S256')
  }
  if (settings.scopes.length > 0) flow.set('scope', settings.scopes.join(' '))
  if (settings.audience !== null) flow.set('audience', settings.audience)
  if (nonce !== null) flow.set('nonce', nonce)
  for (const [name, value] of translate(flow, dialect)) query.set(name, value)
  return url.href
}
