import { cookies } from 'next/headers'
import { forbidden, redirect } from 'next/navigation'
import { cache } from 'react'
import {
  can,
  claimsIn,
  encodeSession,
  findSession,
  isPasswordRecent,
  type Permission,
  recordEntry,
  SESSION_IDLE_SECONDS,
  type Session,
  sessionCookie,
  sessionFromToken,
} from '@/lib/accounts'
import { type Actor, recordRefusedAttempt } from '@/lib/audit'
import { Refusal } from '@/lib/errors'
import { getRuntime } from '@/lib/runtime'
import { currentPath, requestOrigin } from './request'

/** Who is signed in now: by the cookie as an action of this request may have set it, not as it was sent. */
export async function readSession(): Promise<Session | null> {
  return sessionFromToken((await cookies()).get(sessionCookie().name)?.value)
}

/** Who is signed in; null when nobody is. Reads the database once per request. */
export const getSession = cache(readSession)

/**
 * For pages: who is signed in. Whoever is not is asked to sign in and comes back to this page; whose role lacks the
 * permission is told so. Call it in each page that shows something of an account, not only in its layout, which Next
 * does not render again when one goes from page to page.
 */
export async function requireSession(permission?: Permission): Promise<Session> {
  const session = await getSession()
  if (!session) redirect(`/sign-in?next=${encodeURIComponent(await currentPath())}`)
  if (permission && !can(session.role, permission)) forbidden()
  return session
}

/**
 * For server actions: who asks for a change, as the domain wants it.
 * @param recentPassword also ask that the password was given within the last hour, see `app/confirm-password`
 * @throws {Refusal} `not_signed_in`; `forbidden`; `password_required`
 */
export async function requireActor(permission: Permission, { recentPassword = false } = {}): Promise<Actor> {
  const session = await getSession()
  if (!session) {
    throw new Refusal('not_signed_in', 'You are no longer signed in. Sign in again, for example in another tab.')
  }
  if (!can(session.role, permission)) {
    const { db } = getRuntime().database
    await recordRefusedAttempt(db, await actorOf(session), 'user.permission_refused', session.user.id, { permission })
    throw new Refusal('forbidden', `Your role in ${session.account.name}, ${session.role}, does not allow this.`)
  }
  if (recentPassword && !isPasswordRecent(session)) {
    throw new Refusal('password_required', 'Enter your password again to go on.')
  }
  return actorOf(session)
}

async function actorOf({ user, account }: Session): Promise<Actor> {
  const { device: _, ...origin } = await requestOrigin()
  return { kind: 'user', id: user.id, name: user.name, accountId: account.id, ...origin }
}

/**
 * For server actions: has this browser's session go on in another account of the same person. Load the next page as a whole:
 * what the one before has read belongs to the other account.
 * @throws {Refusal} `not_found` when the person is no member of it
 */
export async function enterAccount(accountId: string): Promise<void> {
  const jar = await cookies()
  const { name, options } = sessionCookie()
  const { db } = getRuntime().database
  const claims = await claimsIn(db, jar.get(name)?.value, accountId)
  jar.set(name, await encodeSession(claims), { ...options, maxAge: SESSION_IDLE_SECONDS })
  const session = await findSession(db, claims)
  if (session) await recordEntry(db, session, await requestOrigin())
}
