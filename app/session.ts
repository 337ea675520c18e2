import { cookies, headers } from 'next/headers'
import { forbidden, redirect } from 'next/navigation'
import { cache } from 'react'
import {
  can,
  claimsIn,
  confirmedClaims,
  deviceCookie,
  encodeSession,
  findSession,
  type Holder,
  isOfOtherPage,
  isPasswordRecent,
  NOT_SIGNED_IN,
  type Required,
  recordEntry,
  requireClaims,
  roleNameOf,
  SESSION_IDLE_SECONDS,
  type Session,
  type SessionClaims,
  type SignedIn,
  sessionCookie,
  sessionFromToken,
  type TicketPurpose,
  ticketCookie,
} from '@/lib/accounts'
import { type Actor, recordRefusedAttempt } from '@/lib/audit'
import { Refusal } from '@/lib/errors'
import { PAGE_OF_HEADER } from '@/lib/request-headers'
import { getRuntime } from '@/lib/runtime'
import { currentPath, requestOrigin, setCookie } from './request'

/**
 * Who is signed in now, as a person: by the cookie as an action of this request may have set it, not as it was sent. Of the
 * account that they are in they may see nothing yet, see `Session.lacksSecondFactor`.
 */
export async function readPerson(): Promise<Session | null> {
  return sessionFromToken((await cookies()).get(sessionCookie().name)?.value)
}

/** `readPerson`, once per request: for what is a person's own, whichever account they are in. */
export const getPerson = cache(readPerson)

/** Who is signed in; null when nobody is, or nobody who may see anything of the account. */
export async function getSession(): Promise<Session | null> {
  const person = await getPerson()
  return person?.lacksSecondFactor ? null : person
}

/** Where whoever lacks a second factor that their account asks for sets one up. */
export const SECOND_FACTOR_PLACE = '/second-factor'

/**
 * For pages: who is signed in. Whoever is not is asked to sign in and comes back to this page; who lacks a second factor that
 * the account asks for is led to where it is set up; whose role lacks the
 * permission is told so. Call it in each page that shows something of an account, not only in its layout, which Next
 * does not render again when one goes from page to page.
 */
export async function requireSession(permission?: Required): Promise<Session> {
  const session = await getPerson()
  if (!session) redirect(`/sign-in?next=${encodeURIComponent(await currentPath())}`)
  if (session.lacksSecondFactor) redirect(SECOND_FACTOR_PLACE)
  if (permission && !can(session, permission)) forbidden()
  return session
}

/**
 * For server actions: who does something to themselves, which needs no permission of their role.
 * @param recentPassword also ask that the password, or a passkey, was given within the last hour, see `app/confirm-password`
 * @param evenWithoutSecondFactor for what somebody does to get the second factor that the account asks for
 * @param fromAnyPage for what has this browser go to an account, which the page may be of already
 * @throws {Refusal} `not_signed_in`; `session_elsewhere`; `second_factor_required`; `password_required`
 */
export async function requirePerson({
  recentPassword = false,
  evenWithoutSecondFactor = false,
  fromAnyPage = false,
} = {}): Promise<Session> {
  const session = await getPerson()
  if (!session) throw new Refusal('not_signed_in', NOT_SIGNED_IN)
  if (!fromAnyPage && isOfOtherPage(session, (await headers()).get(PAGE_OF_HEADER))) {
    throw new Refusal(
      'session_elsewhere',
      `This browser is in ${session.account.name} now, and this page was made for another account or person. Nothing was changed: load the page again.`,
    )
  }
  if (session.lacksSecondFactor && !evenWithoutSecondFactor) {
    throw new Refusal(
      'second_factor_required',
      `${session.account.name} asks its people for a second factor now. Load the page again to set yours up.`,
    )
  }
  if (recentPassword && !isPasswordRecent(session)) {
    throw new Refusal('password_required', 'Enter your password again to go on.')
  }
  return session
}

/**
 * For server actions: who asks for a change, as the domain wants it.
 * @param recentPassword also ask that the password, or a passkey, was given within the last hour, see `app/confirm-password`
 * @throws {Refusal} `not_signed_in`; `session_elsewhere`; `second_factor_required`; `forbidden`; `password_required`
 */
export async function requireActor(permission: Required, { recentPassword = false } = {}): Promise<PersonActor> {
  const session = await requirePerson()
  if (!can(session, permission)) {
    const { db } = getRuntime().database
    await recordRefusedAttempt(db, await actorOf(session), 'user.permission_refused', session.user.id, {
      permission: [permission].flat().join(' or '),
    })
    throw new Refusal('forbidden', `Your role in ${session.account.name}, ${roleNameOf(session)}, does not allow this.`)
  }
  if (recentPassword && !isPasswordRecent(session)) {
    throw new Refusal('password_required', 'Enter your password again to go on.')
  }
  return actorOf(session)
}

/** A person who asks for a change, with what they may do. */
export type PersonActor = Actor & Holder & { id: string }

/** Who a session’s person is to whatever they change. */
export async function actorOf({ user, account, permissions }: Session): Promise<PersonActor> {
  const { device: _, ...origin } = await requestOrigin()
  return { kind: 'user', id: user.id, name: user.name, accountId: account.id, permissions, ...origin }
}

/**
 * For server actions: has this browser's session go on in another account of the same person. Load the next page as a whole:
 * what the one before has read belongs to the other account.
 * @throws {Refusal} `not_found` when the person is no member of it
 */
export async function enterAccount(accountId: string): Promise<void> {
  const token = (await cookies()).get(sessionCookie().name)?.value
  const { db } = getRuntime().database
  const claims = await claimsIn(db, token, accountId)
  await setSession(claims)
  const session = await findSession(db, claims)
  if (session) await recordEntry(db, session, await requestOrigin())
}

/** For server actions: notes in this browser's session that its person has just proved who they are. */
export async function noteConfirmed(): Promise<void> {
  const token = (await cookies()).get(sessionCookie().name)?.value
  await setSession(confirmedClaims(await requireClaims(token)))
}

/** For server actions: gives this browser the session that has begun. */
export async function setSession(claims: SessionClaims): Promise<void> {
  const { name, options } = sessionCookie()
  ;(await cookies()).set(name, await encodeSession(claims), { ...options, maxAge: SESSION_IDLE_SECONDS })
}

/** For server actions: gives this browser the session of a sign-in that took more than a password. */
export async function setSignedIn({ claims, device, isTold }: SignedIn): Promise<void> {
  await setSession(claims)
  await setCookie(deviceCookie(), device)
  await dropTicket('second_factor')
  if (isTold) getRuntime().jobs?.trigger('notifications.deliver')
}

/** For server actions: the ticket for a purpose that this browser holds. */
export async function readTicketCookie(purpose: TicketPurpose): Promise<string | undefined> {
  return (await cookies()).get(ticketCookie(purpose).name)?.value
}

async function dropTicket(purpose: TicketPurpose): Promise<void> {
  const { name, options } = ticketCookie(purpose)
  await setCookie({ name, options: { ...options, maxAge: 0 } }, '')
}
