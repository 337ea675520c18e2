import { and, eq, isNotNull, isNull, lt, ne, or, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { accountPolicies, accounts, customRoles, members, sessions, type signInMethods, users } from '@/db/schema'
import type { Origin } from '../audit'
import { Refusal } from '../errors'
import { pageOf } from '../request-headers'
import { getRuntime } from '../runtime'
import { isStorable, storable } from '../text'
import { type HeldRole, heldRoleColumns, heldRoleOf, isRoleOfMember } from './held-role'
import type { Holder } from './permissions'
import { hasSecondFactor } from './second-factor/has-second-factor'
import {
  decodeSession,
  newSessionClaims,
  readCookie,
  SESSION_MAX_SECONDS,
  type SessionClaims,
  sessionCookie,
} from './session-claims'

// A session is a row, and a cookie that names it. Only a sign-in makes one; each use compares it with the database.

/** How long a password, or a passkey, that was given counts for what asks for it again. */
export const RECENT_PASSWORD_SECONDS = 3_600
/** How old what is known of a session's last use may be. */
const SEEN_SECONDS = 300
/** How long sessions that were signed out are kept. */
const KEEP_ENDED_DAYS = 1
/** Characters of a user agent that are kept. */
const MAX_USER_AGENT = 256

export type SignInMethod = (typeof signInMethods)[number]

/**
 * A signed-in person, in the account that they signed in to, with what they may do there. Read from the database, never from
 * the cookie.
 */
export interface Session extends HeldRole, Holder {
  id: string
  user: { id: string; name: string; email: string }
  account: { id: string; name: string }
  method: SignInMethod
  /** When the password, or a passkey, was last given. */
  passwordGivenAt: Date
  /**
   * The account asks for a second factor and the person has none: until they do, the session is good for nothing of the
   * account. Whoever reads a session has to look at this.
   */
  lacksSecondFactor: boolean
}

/**
 * Begins a session. Call it with the transaction of the sign-in.
 * @returns what its cookie is to say
 */
export async function beginSession(
  tx: Database,
  of: { userId: string; accountId: string; sessionVersion: number },
  method: SignInMethod,
  from: Pick<Origin, 'address' | 'userAgent'>,
): Promise<SessionClaims> {
  const claims = newSessionClaims(of)
  await tx.insert(sessions).values({
    id: claims.sid,
    userId: of.userId,
    method,
    address: from.address,
    userAgent: from.userAgent === null ? null : storable(from.userAgent, MAX_USER_AGENT),
  })
  return claims
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

/** @returns null when the session has ended */
export async function findSession(db: Database, claims: SessionClaims): Promise<Session | null> {
  const [row] = await db
    .select({
      userId: users.id,
      userName: users.name,
      email: users.email,
      accountId: accounts.id,
      accountName: accounts.name,
      ...heldRoleColumns,
      method: sessions.method,
      isUnseen: sql<boolean>`${sessions.lastSeenAt} < ${longAgo}`,
      lacksSecondFactor: sql<boolean>`coalesce(${accountPolicies.secondFactorRequired}, false) and not ${hasSecondFactor(users.id)}`,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(members, eq(members.userId, users.id))
    .innerJoin(accounts, eq(accounts.id, members.accountId))
    .leftJoin(customRoles, isRoleOfMember)
    .leftJoin(accountPolicies, eq(accountPolicies.accountId, members.accountId))
    .where(
      and(
        eq(sessions.id, claims.sid),
        isNull(sessions.endedAt),
        eq(members.accountId, claims.aid),
        eq(members.userId, claims.sub),
        eq(users.sessionVersion, claims.ver),
      ),
    )
  if (!row) return null
  if (row.isUnseen) await noteSeen(db, claims.sid)
  return {
    id: claims.sid,
    user: { id: row.userId, name: row.userName, email: row.email },
    account: { id: row.accountId, name: row.accountName },
    ...heldRoleOf(row),
    method: row.method,
    passwordGivenAt: new Date(claims.passwordGivenAt * 1000),
    lacksSecondFactor: row.lacksSecondFactor,
  }
}

const longAgo = sql`statement_timestamp() - ${SEEN_SECONDS} * interval '1 second'`

/** Of several requests that come at once, one writes. */
async function noteSeen(db: Database, id: string): Promise<void> {
  await db
    .update(sessions)
    .set({ lastSeenAt: sql`statement_timestamp()` })
    .where(and(eq(sessions.id, id), sql`${sessions.lastSeenAt} < ${longAgo}`))
}

/**
 * The claims of the session of a cookie.
 * @throws {Refusal} `not_signed_in` when it is none, or none any more
 */
export async function requireClaims(token: string | undefined): Promise<SessionClaims> {
  const decoded = token === undefined ? null : await decodeSession(token)
  if (!decoded) throw new Refusal('not_signed_in', NOT_SIGNED_IN)
  const { issuedAt: _, ...claims } = decoded
  return claims
}

export const NOT_SIGNED_IN = 'You are no longer signed in. Sign in again, for example in another tab.'

/**
 * Whether a request is of a page that was made for somebody else, or for another account of theirs: another tab had the
 * session go on there, and what is asked for on this page is not meant for where it is now.
 * @param page what the request says in `PAGE_OF_HEADER`; nothing: no page's script sent it
 */
export function isOfOtherPage({ user, account }: Pick<Session, 'user' | 'account'>, page: string | null | undefined) {
  return !!page && page !== pageOf(user.id, account.id)
}

/**
 * The claims of the same session in another account of its person.
 * @throws {Refusal} `not_found` when the person is no member of it, or the session has ended
 */
export async function claimsIn(db: Database, token: string | undefined, accountId: string): Promise<SessionClaims> {
  const decoded = token === undefined ? null : await decodeSession(token)
  if (decoded && isStorable(accountId)) {
    const { issuedAt: _, ...claims } = decoded
    const moved = { ...claims, aid: accountId }
    if (await findSession(db, moved)) return moved
  }
  throw new Refusal('not_found', 'You are no member of this account any more.')
}

/** Whether the password, or a passkey, was given recently enough for what asks for it again. */
export function isPasswordRecent(session: Session): boolean {
  return Date.now() - session.passwordGivenAt.getTime() < RECENT_PASSWORD_SECONDS * 1000
}

/**
 * Ends all sessions of a person but one.
 * @param except the one that goes on; null: none does
 */
export async function endSessions(tx: Database, userId: string, except: string | null): Promise<void> {
  await tx
    .update(sessions)
    .set({ endedAt: sql`now()` })
    .where(
      and(eq(sessions.userId, userId), isNull(sessions.endedAt), except === null ? undefined : ne(sessions.id, except)),
    )
}

/**
 * Makes sure that a session has not ended since it was read. Call it where its person is locked: whoever ends sessions, by a
 * new password or a first second factor, waits until what this one does is there, or has ended it.
 * @throws {Refusal} `not_signed_in`
 */
export async function requireStillOpen(tx: Database, { id, user }: Pick<Session, 'id' | 'user'>): Promise<void> {
  const isOpen = and(eq(sessions.id, id), eq(sessions.userId, user.id), isNull(sessions.endedAt))
  if ((await tx.$count(sessions, isOpen)) === 0) throw new Refusal('not_signed_in', NOT_SIGNED_IN)
}

/** Has a session that was begun by less count as one that was begun by this. */
export async function raiseMethod(tx: Database, session: Pick<Session, 'id' | 'user'>, method: SignInMethod) {
  await tx
    .update(sessions)
    .set({ method })
    .where(and(eq(sessions.id, session.id), eq(sessions.userId, session.user.id), eq(sessions.method, 'password')))
}

/** Forgets sessions that were signed out, and those whose cookie has expired: without its row, no cookie is accepted. */
export async function pruneSessions(db: Database): Promise<void> {
  const day = sql`interval '1 day'`
  await db
    .delete(sessions)
    .where(
      or(
        lt(sessions.startedAt, sql`now() - ${SESSION_MAX_SECONDS} * interval '1 second'`),
        and(isNotNull(sessions.endedAt), lt(sessions.endedAt, sql`now() - ${KEEP_ENDED_DAYS} * ${day}`)),
      ),
    )
}
