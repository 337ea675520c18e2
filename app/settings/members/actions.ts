'use server'

import { z } from 'zod'
import { inviteMember, inviteMemberInput, resendInvitation, revokeInvitation } from '@/lib/accounts'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { type ActionAnswer, answer } from '../../action-answer'
import { requireActor } from '../../session'

const invitationId = z.string().max(64)

export async function inviteAction(input: { email: string; role: string }): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const actor = await requireInviter()
    const { database, jobs } = getRuntime()
    await inviteMember(database.db, actor, parseInput(inviteMemberInput, input))
    jobs?.trigger('notifications.deliver')
    return null
  })
}

export async function resendAction(id: string): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const actor = await requireInviter()
    const { database, jobs } = getRuntime()
    await resendInvitation(database.db, actor, parseInput(invitationId, id))
    jobs?.trigger('notifications.deliver')
    return null
  })
}

export async function revokeAction(id: string): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const actor = await requireActor('members:invite')
    await revokeInvitation(getRuntime().database.db, actor, parseInput(invitationId, id))
    return null
  })
}

/** Whoever lets others in gives their password for it. */
async function requireInviter() {
  const actor = await requireActor('members:invite', { recentPassword: true })
  if (actor.id === null) throw new Error('Whoever is signed in is a person')
  return { ...actor, id: actor.id }
}
