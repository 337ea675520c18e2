import { decodeProtectedHeader } from 'jose'
import { clockTolerance, getValidatedIdTokenClaims, processAuthorizationCodeResponse } from 'oauth4webapi'
import type { OAuth2Settings } from '../../credentials/types'
import type { Secret } from '../../vault/secret'

/** Which account of a provider tokens are of, as far as the provider tells. */
export interface Identity {
  /** Who vouches for the subject; null: nobody. */
  issuer: string | null
  subject: string | null
  /** As people call it. */
  label: string | null
}

export const UNKNOWN: Identity = { issuer: null, subject: null, label: null }

/** Clocks differ by minutes. */
const TOLERANCE_SECONDS = 300
const MAX_TEXT = 255

/**
 * Reads an ID token that came from the token endpoint, where TLS vouches for it (OpenID Connect Core, 3.1.3.7, 6): its
 * issuer, audience, times and nonce are checked. Nobody looks at its signature, so it may be made in any way.
 * @param nonce what was sent with the request
 * @returns null when it is not for this client, not of this issuer, or of another request
 */
export async function readIdToken(
  { issuer, client_id }: Pick<OAuth2Settings, 'issuer' | 'client_id'> & { issuer: string },
  idToken: Secret,
  nonce: string | null,
): Promise<Identity | null> {
  const answer = Response.json({ access_token: '-', token_type: 'bearer', id_token: idToken.reveal() })
  try {
    // The library takes RS256 alone, unless it is told of another one.
    const { alg } = decodeProtectedHeader(idToken.reveal())
    const client = { client_id, id_token_signed_response_alg: alg, [clockTolerance]: TOLERANCE_SECONDS }
    const result = await processAuthorizationCodeResponse({ issuer }, client, answer, {
      requireIdToken: true,
      ...(nonce === null ? {} : { expectedNonce: nonce }),
    })
    const claims = getValidatedIdTokenClaims(result)
    if (!claims) return null
    const label = [claims.email, claims.preferred_username, claims.name].find((text) => textOf(text) !== null)
    return { issuer, subject: textOf(claims.sub), label: textOf(label) ?? textOf(claims.sub) }
  } catch {
    // Not kept: the library's errors hold the token.
    return null
  }
}

/** What an answer names an account by, outside of an ID token. */
export function identityOf(provider: string | null, told: string | null): Identity {
  const subject = textOf(told)
  return subject === null ? UNKNOWN : { issuer: provider, subject, label: subject }
}

/**
 * Whether tokens may be of another account than those before, as far as that one is known: where nobody tells any more, such
 * as without the scope that made them tell, they may be anybody's.
 */
export function mayBeOther(before: Pick<Identity, 'issuer' | 'subject'> | null, now: Identity): boolean {
  if (!before || before.subject === null) return false
  return before.issuer !== now.issuer || before.subject !== now.subject
}

function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const text = value.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return text === '' ? null : [...text].slice(0, MAX_TEXT).join('')
}
