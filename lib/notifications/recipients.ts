import { eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { customRoles, members, notificationPreferences } from '@/db/schema'
import { heldRoleColumns, heldRoleOf, isRoleOfMember } from '../accounts/held-role'
import { can, type Holder, type Permission, type Required } from '../accounts/permissions'
import type { Telling } from './episodes'
import { eventKinds, isCredentialKind } from './kinds'
import type { EventData, EventKind } from './outbox'

/** A person, and by which ways they want to hear of what. */
export interface Recipient {
  userId: string
  /** What they are told, as far as they may know it. */
  telling: Telling
  email: boolean
  inApp: boolean
}

/**
 * Who is told of what happens in an account: whoever may mend it, such as the owner and admins, and whoever connected the credential, each once and by the
 * ways that they prefer. Whoever left the account, or may not see credentials any more, is not told.
 */
export async function recipientsIn(tx: Database, accountId: string): Promise<(telling: Telling) => Recipient[]> {
  const rows = await tx
    .select({ userId: members.userId, ...heldRoleColumns })
    .from(members)
    .leftJoin(customRoles, isRoleOfMember)
    .where(eq(members.accountId, accountId))
  const people = rows.map(({ userId, ...row }) => ({ userId, holder: heldRoleOf(row) }))
  const preferences = await tx
    .select()
    .from(notificationPreferences)
    .where(eq(notificationPreferences.accountId, accountId))
  const chosen = new Map(preferences.map((row) => [`${row.userId} ${row.kind}`, row]))

  const waysOf = (userId: string, kind: EventKind) => {
    const { email = true, inApp = true } = chosen.get(`${userId} ${kind}`) ?? {}
    return { email, inApp }
  }
  return (telling) =>
    people
      .filter(({ userId, holder }) => isConcerned(telling, userId, holder))
      .map(({ userId, holder }) => {
        const { email, inApp } = waysOf(userId, telling.kind)
        const seen = seenBy(holder, telling)
        const cause = telling.consequenceOf
        if (!cause || !isToldOfCredentials(holder)) return { userId, telling: seen, email, inApp }
        // By the ways by which they do not hear of the trouble that is why, they would know nothing.
        const known = waysOf(userId, cause)
        return { userId, telling: seen, email: email && !known.email, inApp: inApp && !known.inApp }
      })
      .filter(({ email, inApp }) => email || inApp)
}

function isConcerned(telling: Telling, userId: string, holder: Holder): boolean {
  if (!maySee(holder, telling.kind)) return false
  if (telling.kind === 'review.digest') {
    const { keys, credentials } = telling.data
    return (keys > 0 && mayMendKeys(holder)) || (credentials > 0 && mayMendCredentials(holder))
  }
  if (mayMend(holder, telling.kind)) return true
  return 'connectedById' in telling.data && telling.data.connectedById === userId
}

function seenBy(holder: Holder, telling: Telling): Telling {
  return telling.kind === 'review.digest' ? { ...telling, data: reviewSeenBy(holder, telling.data) } : telling
}

/** What somebody may know of a review, which is of keys and credentials alike. */
export function reviewSeenBy(holder: Holder, review: EventData['review.digest']): EventData['review.digest'] {
  return {
    ...review,
    ...(can(holder, 'keys:read') ? {} : { keys: 0, keyFindings: {} }),
    ...(can(holder, 'credentials:read') ? {} : { credentials: 0, credentialFindings: {} }),
  }
}

/** Whether somebody is told of the trouble of every credential. */
function isToldOfCredentials(holder: Holder): boolean {
  const kind = 'credential.reauthorization_required'
  return maySee(holder, kind) && mayMend(holder, kind)
}

/** Whether it is for somebody to do something about such events, and not only to know of them. */
function mayMend(holder: Holder, kind: EventKind): boolean {
  if (kind === 'webhook.disabled') return can(holder, 'webhooks:manage')
  if (kind === 'integration.failing') return can(holder, 'integrations:update')
  return isCredentialKind(kind) ? mayMendCredentials(holder) : mayMendKeys(holder)
}

const mayMendKeys = (holder: Holder) => can(holder, 'keys:read') && can(holder, 'keys:manage')
const mayMendCredentials = (holder: Holder) => can(holder, 'credentials:read') && can(holder, 'credentials:update')

/** Whether somebody may know of such events. */
export function maySee(holder: Holder, kind: EventKind): boolean {
  return can(holder, permissionToSee(kind))
}

function permissionToSee(kind: EventKind): Required {
  if (kind === 'review.digest') return ['keys:read', 'credentials:read']
  if (kind === 'webhook.disabled') return 'webhooks:read'
  if (kind === 'integration.failing') return 'integrations:read'
  return isCredentialKind(kind) ? 'credentials:read' : 'keys:read'
}

/** Whoever has one of these may be told of something, and chooses how. */
export const permissionsToBeTold: readonly Permission[] = [...new Set(eventKinds.flatMap(permissionToSee))]
