import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { notificationPreferences } from '@/db/schema'
import type { Holder } from '../accounts/permissions'
import { type Actor, recordAuditEvent } from '../audit'
import { eventKinds } from './kinds'
import type { EventKind } from './outbox'
import type { Person } from './read'
import { maySee } from './recipients'

export interface Ways {
  email: boolean
  inApp: boolean
}

/** What a person chose for some kinds of events. */
export const preferencesInput = z
  .array(z.strictObject({ kind: z.enum(eventKinds), email: z.boolean(), inApp: z.boolean() }))
  .max(eventKinds.length)

/** How somebody hears of each kind of event that their role lets them know of. */
export async function getPreferences(
  db: Database,
  { accountId, userId }: Person,
  holder: Holder,
): Promise<({ kind: EventKind } & Ways)[]> {
  const rows = await db
    .select()
    .from(notificationPreferences)
    .where(and(eq(notificationPreferences.accountId, accountId), eq(notificationPreferences.userId, userId)))
  const chosen = new Map(rows.map((row) => [row.kind, row]))
  return eventKinds
    .filter((kind) => maySee(holder, kind))
    .map((kind) => {
      const { email = true, inApp = true } = chosen.get(kind) ?? {}
      return { kind, email, inApp }
    })
}

/** Chooses how the actor, a person, hears of kinds of events; what is not named stays as it is. */
export async function setPreferences(
  db: Database,
  actor: Actor & { id: string },
  chosen: z.output<typeof preferencesInput>,
): Promise<void> {
  await db.transaction(async (tx) => {
    for (const { kind, email, inApp } of chosen) {
      const { accountId, id: userId } = actor
      await tx
        .insert(notificationPreferences)
        .values({ accountId, userId, kind, email, inApp })
        .onConflictDoUpdate({
          target: [notificationPreferences.accountId, notificationPreferences.userId, notificationPreferences.kind],
          set: { email, inApp },
        })
    }
    await recordAuditEvent(tx, actor, 'user.notifications_changed', actor.id, { chosen })
  })
}
