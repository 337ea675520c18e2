import { randomBytes } from 'node:crypto'
import { decode, encode } from '@auth/core/jwt'
import { and, eq, lt, notExists, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { accounts, endedSessions, members, users } from '@/db/schema'
import { Refusal } from '../errors'
import { getRuntime } from '../runtime'
import type { Role } from './permissions'

// A session is a token that the browser keeps in a cookie: encrypted by us, and compared with the database at each use.
// Nothing that a browser sends changes what it says; only a sign-in makes one.

/** A session that is not used ends after 12 hours, and any session after 30 days (OWASP ASVS 7.3). */
export const SESSION_IDLE_SECONDS = 12 * 3_600
export const SESSION_MAX_SECONDS = 30 * 86_400
/** A session's cookie is made anew when it is older than this, so that not every answer carries one. */
const RENEW_AFTER_SECONDS = 300
/** How long a password that was given counts for what asks for it again. */
export const RECENT_PASSWORD_SECONDS = 3_600

/** A signed-in person, in the account that they signed in to. Read from the database, never from the cookie. */
export interface Session {
  id: string
  user: { id: string; name: string; email: string }
  account: { id: string; name: string }
  role: Role
  passwordGivenAt: Date
}

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
  passwordGivenAt: z.number().int(),
})
export type SessionClaims = z.output<typeof sessionClaims>

const seconds = () => Math.floor(Date.now() / 1000)

/** The claims of a session that begins now, with a password just given. */
export function newSessionClaims(of: { userId: string; accountId: string; sessionVersion: number }): SessionClaims {
  const now = seconds()
  return {
    sid: randomBytes(16).toString('base64url'),
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

/** The value of a session's cookie once it is due to be made anew; null while it is fresh or when there is no session. */
export async function renewedSession(token: string): Promise<string | null> {
  const claims = await decodeSession(token)
  if (!claims || seconds() - claims.issuedAt < RENEW_AFTER_SECONDS) return null
  const { issuedAt: _, ...kept } = claims
  return encodeSession(kept)
}

/**
 * The session that a request's Cookie header stands for. Reads the database: a session that was signed out, whose
 * password was changed since, or whose member is gone ends at once.
 */
export async function sessionFromCookies(cookieHeader: string | undefined): Promise<Session | null> {
  return sessionFromToken(readCookie(cookieHeader, sessionCookie().name))
}

/** The session that the value of the session's cookie stands for; see `sessionFromCookies`. */
export async function sessionFromToken(token: string | undefined): Promise<Session | null> {
  const claims = token === undefined ? null : await decodeSession(token)
  return claims && findSession(getRuntime().database.db, claims)
}

/** @returns null when the session has been ended */
export async function findSession(db: Database, claims: SessionClaims): Promise<Session | null> {
  const ended = db.select({ one: sql`1` }).from(endedSessions).where(eq(endedSessions.id, claims.sid))
  const [row] = await db
    .select({
      userId: users.id,
      userName: users.name,
      email: users.email,
      accountId: accounts.id,
      accountName: accounts.name,
      role: members.role,
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .innerJoin(accounts, eq(accounts.id, members.accountId))
    .where(
      and(
        eq(members.accountId, claims.aid),
        eq(members.userId, claims.sub),
        eq(users.sessionVersion, claims.ver),
        notExists(ended),
      ),
    )
  if (!row) return null
  return {
    id: claims.sid,
    user: { id: row.userId, name: row.userName, email: row.email },
    account: { id: row.accountId, name: row.accountName },
    role: row.role,
    passwordGivenAt: new Date(claims.passwordGivenAt * 1000),
  }
}

/**
 * The claims of the same session in another account of its person.
 * @throws {Refusal} `not_found` when the person is no member of it, or the session has ended
 */
export async function claimsIn(db: Database, token: string | undefined, accountId: string): Promise<SessionClaims> {
  const decoded = token === undefined ? null : await decodeSession(token)
  if (decoded) {
    const { issuedAt: _, ...claims } = decoded
    const moved = { ...claims, aid: accountId }
    if (await findSession(db, moved)) return moved
  }
  throw new Refusal('not_found', 'You are no member of this account any more.')
}

/** Whether the password was given recently enough for what asks for it again. */
export function isPasswordRecent(session: Session): boolean {
  return Date.now() - session.passwordGivenAt.getTime() < RECENT_PASSWORD_SECONDS * 1000
}

/** Ends one session for good: its cookie, wherever a copy of it may be, is not accepted any more. */
export async function endSession(db: Database, claims: SessionClaims): Promise<void> {
  const expiresAt = new Date((claims.startedAt + SESSION_MAX_SECONDS) * 1000)
  await db.insert(endedSessions).values({ id: claims.sid, expiresAt }).onConflictDoNothing()
}

/** Forgets ended sessions whose cookies have expired by themselves. */
export async function pruneEndedSessions(db: Database): Promise<void> {
  await db.delete(endedSessions).where(lt(endedSessions.expiresAt, sql`now()`))
}

/** One cookie of a Cookie header (RFC 6265 §4.2.1), the first of that name. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}
