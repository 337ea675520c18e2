'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { parseInput } from '@/lib/input'
import { eventKinds, markRead, permissionsToBeTold, preferencesInput, setPreferences } from '@/lib/notifications'
import { getRuntime } from '@/lib/runtime'
import { type ActionAnswer, answer } from '../../action-answer'
import { type FormState, refusedForm } from '../../form-state'
import { requireActor } from '../../session'

const readNotices = z.union([z.array(z.string().max(64)).max(100), z.object({ until: z.coerce.date() })])

/** Marks notices as read: some, or all that were there at a point in time, in ISO 8601. */
export async function markReadAction(which: string[] | { until: string }): Promise<ActionAnswer<null>> {
  const result = await answer(async () => {
    const { accountId, id: userId } = await requirePerson()
    await markRead(getRuntime().database.db, { accountId, userId }, parseInput(readNotices, which))
    return null
  })
  if (result.ok) revalidatePath('/settings', 'layout')
  return result
}

export async function savePreferencesAction(_: FormState, data: FormData): Promise<FormState> {
  const result = await answer(async () => {
    const actor = await requirePerson()
    // A box that is not ticked is not sent: the form names what it asks for.
    const asked = new Set(data.getAll('kind'))
    const chosen = eventKinds
      .filter((kind) => asked.has(kind))
      .map((kind) => ({ kind, email: data.has(`email:${kind}`), inApp: data.has(`app:${kind}`) }))
    await setPreferences(getRuntime().database.db, actor, parseInput(preferencesInput, chosen))
  })
  if (!result.ok) return refusedForm(result)
  revalidatePath('/settings/notifications')
  return { errors: {}, values: {}, done: 'Choices saved.' }
}

/** The signed-in person: what they do here concerns themselves alone. */
async function requirePerson() {
  const actor = await requireActor(permissionsToBeTold)
  if (actor.id === null) throw new Error('Whoever is signed in is a person')
  return { ...actor, id: actor.id }
}
