import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { EncryptJWT, errors, jwtDecrypt } from 'jose'
import { z } from 'zod'

// `state` of OAuth (RFC 6749, 10.12): what comes back with an answer says whose answer it is. It is sealed, so that neither
// the provider nor whoever sees an address learns anything by it or can make one.

/** How long somebody may take to consent. */
export const CONSENT_MINUTES = 10

/** What a state is bound to. */
const claimsSchema = z.object({
  /** `oas_…`, the row that is used up with it. */
  sid: z.string(),
  aid: z.string(),
  uid: z.string(),
  /** What is connected: `cred_…` or `draft_…`. */
  own: z.string(),
  /** See `browserOf`. */
  bro: z.string(),
})
export type StateClaims = z.output<typeof claimsSchema>

/** Seals a state: JWE compact, `dir` with A256GCM, good for as long as a consent may take. */
export function sealState(authSecret: string, claims: StateClaims): Promise<string> {
  return new EncryptJWT({ ...claims })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setIssuedAt()
    .setExpirationTime(`${CONSENT_MINUTES}m`)
    .encrypt(keyOf(authSecret))
}

/** @returns null when it is not one that Fenicia has sealed */
export async function openState(
  authSecret: string,
  state: string,
): Promise<{ claims: StateClaims; isExpired: boolean } | null> {
  const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
  try {
    const { payload } = await jwtDecrypt(state, keyOf(authSecret), options)
    return { claims: claimsSchema.parse(payload), isExpired: false }
  } catch (error) {
    const claims = error instanceof errors.JWTExpired ? claimsSchema.safeParse(error.payload) : null
    return claims?.success ? { claims: claims.data, isExpired: true } : null
  }
}

function keyOf(authSecret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', authSecret, '', 'fenicia oauth state', 32))
}

/**
 * The cookie by which a browser is known again that somebody has been sent to a provider from. The session is not enough:
 * the same person may be signed in elsewhere, and whoever lures them there has a callback to offer.
 * @param url our public address; over https no other host can set the cookie (RFC 6265bis, 4.1.3.2)
 */
export function connectCookie(url: string) {
  const secure = url.startsWith('https:')
  return {
    name: secure ? '__Host-fenicia_connect' : 'fenicia_connect',
    // Lax: the provider's page sends the browser back with a GET of the whole page. For the session's time: several consents
    // may be under way.
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure } as const,
  }
}

export function newBrowserKey(): string {
  return randomBytes(32).toString('base64url')
}

/** A browser as states and rows name it: of its cookie they tell nothing. */
export function browserOf(key: string): string {
  return createHash('sha256').update(`fenicia browser\0${key}`).digest('base64url')
}
