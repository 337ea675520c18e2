import { decode, encode } from '@auth/core/jwt'
import { z } from 'zod'
import { newId } from '../ids'
import { getRuntime } from '../runtime'

// A session's cookie: encrypted by us. Nothing that a browser sends changes what it says. Whether the session is still one is
// told by its row, see `session.ts`.

/** A session that is not used ends after 12 hours, and any session after 30 days (OWASP ASVS 7.3). */
export const SESSION_IDLE_SECONDS = 12 * 3_600
export const SESSION_MAX_SECONDS = 30 * 86_400
/** A session's cookie is made anew when it is older than this, so that not every answer carries one. */
const RENEW_AFTER_SECONDS = 300
/**
 * The same where a page asks for a part of itself or for another ahead: such an answer may come after that of an action which
 * has begun another session, and would bring the one before back.
 */
const RENEW_IN_PART_AFTER_SECONDS = 3_600
/** What the cookie says. Times are seconds since 1970. */
export const sessionClaims = z.object({
  /** The session's own id, by which signing out ends it. */
  sid: z.string(),
  /** The user's id. */
  sub: z.string(),
  /** The account's id. */
  aid: z.string(),
  /** `users.session_version` when the session began. */
  ver: z.number().int(),
  startedAt: z.number().int(),
  /** When the password, or a passkey, was last given. */
  passwordGivenAt: z.number().int(),
})
export type SessionClaims = z.output<typeof sessionClaims>

const seconds = () => Math.floor(Date.now() / 1000)

/** The claims of the same session with the password, or a passkey, just given. */
export function confirmedClaims(claims: SessionClaims): SessionClaims {
  return { ...claims, passwordGivenAt: seconds() }
}

/** The claims of a session that begins now. They are of use once it has a row, see `beginSession`. */
export function newSessionClaims(of: { userId: string; accountId: string; sessionVersion: number }): SessionClaims {
  const now = seconds()
  return {
    sid: newId('session'),
    sub: of.userId,
    aid: of.accountId,
    ver: of.sessionVersion,
    startedAt: now,
    passwordGivenAt: now,
  }
}

/**
 * The session's cookie. Over https its name begins with `__Host-`: no other host, no subdomain and no unencrypted page can
 * set it (RFC 6265bis §4.1.3.2).
 */
export function sessionCookie(url = getRuntime().config.url) {
  const secure = url.startsWith('https:')
  return {
    name: secure ? '__Host-fenicia_session' : 'fenicia_session',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure } as const,
  }
}

/** Encrypts the claims for the cookie; good for the idle time, but never beyond the session's end. */
export function encodeSession(claims: SessionClaims): Promise<string> {
  const rest = claims.startedAt + SESSION_MAX_SECONDS - seconds()
  return encode({
    token: claims,
    secret: getRuntime().authSecret,
    salt: sessionCookie().name,
    maxAge: Math.min(SESSION_IDLE_SECONDS, rest),
  })
}

/** @returns null for what is not ours, was altered, or has expired; says nothing of whether the session was ended */
export async function decodeSession(token: string): Promise<(SessionClaims & { issuedAt: number }) | null> {
  try {
    const payload = await decode({ token, secret: getRuntime().authSecret, salt: sessionCookie().name })
    const claims = sessionClaims.parse(payload)
    const { iat, exp } = z.object({ iat: z.number(), exp: z.number() }).parse(payload)
    const now = seconds()
    // Auth.js grants some seconds of clock tolerance; what it issues and what it reads are of one clock here.
    if (now >= exp || now >= claims.startedAt + SESSION_MAX_SECONDS) return null
    return { ...claims, issuedAt: iat }
  } catch {
    return null
  }
}

/**
 * The value of a session's cookie once it is due to be made anew; null while it is fresh or when there is no session.
 * @param isPage whether a page is opened, not a part of one
 */
export async function renewedSession(token: string, isPage: boolean): Promise<string | null> {
  const claims = await decodeSession(token)
  const after = isPage ? RENEW_AFTER_SECONDS : RENEW_IN_PART_AFTER_SECONDS
  if (!claims || seconds() - claims.issuedAt < after) return null
  const { issuedAt: _, ...kept } = claims
  return encodeSession(kept)
}

/** One cookie of a Cookie header (RFC 6265 §4.2.1), the first of that name. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}
