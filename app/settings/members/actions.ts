'use server'

import { z } from 'zod'
import {
  changeRole,
  changeRoleInput,
  handOver,
  inviteMember,
  inviteMemberInput,
  leaveAccount,
  removeMember,
  removeMemberInput,
  resendInvitation,
  revokeInvitation,
} from '@/lib/accounts'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { type ActionAnswer, answer } from '../../action-answer'
import { requestOrigin } from '../../request'
import { requireActor, requirePerson } from '../../session'

const invitationId = z.string().max(64)
const memberId = z.string().max(64)

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

/** Gives a member another role. */
export async function changeRoleAction(userId: string, role: string): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const actor = await requireManager()
    const input = parseInput(changeRoleInput, { role })
    await changeRole(getRuntime().database.db, actor, parseInput(memberId, userId), input.role)
    return null
  })
}

/** Takes a member out of the account. */
export async function removeMemberAction(userId: string, keys: string): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const actor = await requireManager()
    const input = parseInput(removeMemberInput, { keys })
    await removeMember(getRuntime().database.db, actor, parseInput(memberId, userId), input)
    return null
  })
}

/** Makes another member the owner. */
export async function handOverAction(userId: string): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const actor = await requireActor('account:hand_over', { recentPassword: true })
    await handOver(getRuntime().database.db, actor, parseInput(memberId, userId))
    return null
  })
}

/** Leaves the account that the person is in. */
export async function leaveAction(): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const { user, account } = await requirePerson({ recentPassword: true, evenWithoutSecondFactor: true })
    const { device: _, ...origin } = await requestOrigin()
    const actor = { kind: 'user' as const, id: user.id, name: user.name, accountId: account.id, ...origin }
    await leaveAccount(getRuntime().database.db, actor)
    return null
  })
}

function requireManager() {
  return requireActor('members:manage', { recentPassword: true })
}

/** Whoever lets others in gives their password for it. */
function requireInviter() {
  return requireActor('members:invite', { recentPassword: true })
}
