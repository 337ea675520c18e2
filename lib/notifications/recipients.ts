import { eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { members, notificationPreferences } from '@/db/schema'
import { can, type Role } from '../accounts/permissions'
import type { Telling } from './episodes'
import { isCredentialKind } from './kinds'
import type { EventKind } from './outbox'

/** A person, and by which ways they want to hear. */
export interface Recipient {
  userId: string
  email: boolean
  inApp: boolean
}

/**
 * Who is told of what happens in an account: the owner, admins, and whoever connected the credential, each once and by the
 * ways that they prefer. Whoever left the account, or may not see credentials any more, is not told.
 */
export async function recipientsIn(tx: Database, accountId: string): Promise<(telling: Telling) => Recipient[]> {
  const people = await tx
    .select({ userId: members.userId, role: members.role })
    .from(members)
    .where(eq(members.accountId, accountId))
  const preferences = await tx
    .select()
    .from(notificationPreferences)
    .where(eq(notificationPreferences.accountId, accountId))
  const chosen = new Map(preferences.map((row) => [`${row.userId} ${row.kind}`, row]))

  return (telling) =>
    people
      .filter(({ userId, role }) => isConcerned(telling, userId, role))
      .map(({ userId }) => {
        const { email = true, inApp = true } = chosen.get(`${userId} ${telling.kind}`) ?? {}
        return { userId, email, inApp }
      })
      .filter(({ email, inApp }) => email || inApp)
}

function isConcerned(telling: Telling, userId: string, role: Role): boolean {
  if (!maySee(role, telling.kind)) return false
  if (role === 'owner' || role === 'admin') return true
  return 'connectedById' in telling.data && telling.data.connectedById === userId
}

/** Whether a role may know of such events. */
export function maySee(role: Role, kind: EventKind): boolean {
  if (kind === 'webhook.disabled') return can(role, 'webhooks:read')
  return can(role, isCredentialKind(kind) ? 'credentials:read' : 'keys:read')
}
