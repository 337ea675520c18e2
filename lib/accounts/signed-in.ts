import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { sessions, users } from '@/db/schema'
import type { Origin } from '../audit'
import { Refusal } from '../errors'
import { isId } from '../ids'
import { recordInEachAccount, userActor } from './record-in-each-account'
import type { Session, SignInMethod } from './session'
import { SESSION_IDLE_SECONDS, SESSION_MAX_SECONDS, type SessionClaims } from './session-claims'
import { browserName } from './user-agent'

/** One place where a person is signed in. */
export interface SignedInPlace {
  id: string
  /** As `browserName` knows it; null: not known. */
  browser: string | null
  /** Where the sign-in came from. */
  address: string | null
  method: SignInMethod
  startedAt: Date
  lastSeenAt: Date
  /** It is the one that asks. */
  isThis: boolean
}

/** What of a session's row says that its cookie may still be good. */
const isAlive = and(
  isNull(sessions.endedAt),
  sql`${sessions.startedAt} > now() - ${SESSION_MAX_SECONDS} * interval '1 second'`,
  sql`${sessions.lastSeenAt} > now() - ${SESSION_IDLE_SECONDS} * interval '1 second'`,
)

/** Where a person is signed in, the place last used first. */
export async function listSessions(db: Database, session: Session): Promise<SignedInPlace[]> {
  const rows = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, session.user.id), isAlive))
    .orderBy(desc(sessions.lastSeenAt), desc(sessions.id))
    .limit(100)
  return rows.map(({ id, userAgent, address, method, startedAt, lastSeenAt }) => ({
    id,
    browser: browserName(userAgent),
    address,
    method,
    startedAt,
    lastSeenAt,
    isThis: id === session.id,
  }))
}

/**
 * Ends a session by its own hand: its cookie, wherever a copy of it may be, is not accepted any more. Also that of a person who
 * is not let in just now, such as one who was taken out of the account and may be asked into it again.
 */
export async function signOut(
  db: Database,
  { sid, sub }: Pick<SessionClaims, 'sid' | 'sub'>,
  from: Origin,
): Promise<void> {
  const [user] = await db.select({ id: users.id, name: users.name }).from(users).where(eq(users.id, sub))
  if (user) await end(db, user, sid, from, 'user.signed_out')
}

/**
 * Ends another session of the same person.
 * @throws {Refusal} `not_found` when it is none of theirs, or has ended
 */
export async function endSession(db: Database, session: Session, id: string, from: Origin): Promise<void> {
  if (!isId('session', id) || !(await end(db, session.user, id, from, 'user.session_ended'))) {
    throw new Refusal('not_found', 'This session has ended already.')
  }
}

function end(
  db: Database,
  user: Pick<Session['user'], 'id' | 'name'>,
  id: string,
  from: Origin,
  action: 'user.signed_out' | 'user.session_ended',
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [ended] = await tx
      .update(sessions)
      .set({ endedAt: sql`now()` })
      .where(and(eq(sessions.id, id), eq(sessions.userId, user.id), isNull(sessions.endedAt)))
      .returning({ userAgent: sessions.userAgent, address: sessions.address })
    if (!ended) return false
    const details =
      action === 'user.session_ended' ? { browser: browserName(ended.userAgent), address: ended.address } : {}
    await recordInEachAccount(tx, user.id, (accountId) => userActor(user, accountId, from), action, details)
    return true
  })
}
