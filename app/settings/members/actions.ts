'use server'

import { z } from 'zod'
import {
  can,
  changeRole,
  changeRoleInput,
  handOver,
  inviteMember,
  inviteMemberInput,
  leaveAccount,
  type MadeBy,
  madeBy,
  type Permission,
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

/** A number of things of one kind; `names`: of some of them, and of none to whoever may not see such things. */
export interface SeenMade {
  total: number
  names: string[]
}

/** What a member has made that goes on without them, for whoever thinks of removing them. */
export async function lookAtMadeAction(userId: string): Promise<ActionAnswer<Record<keyof MadeBy, SeenMade>>> {
  return answer(async () => {
    const actor = await requireActor('members:manage')
    const made = await madeBy(getRuntime().database.db, actor.accountId, parseInput(memberId, userId))
    const seen = (things: { name: string }[], read: Permission): SeenMade => ({
      total: things.length,
      names: can(actor, read) ? things.slice(0, MAX_NAMES).map(({ name }) => name) : [],
    })
    return {
      keys: {
        ...seen(made.keys, 'keys:read'),
        names: can(actor, 'keys:read') ? made.keys.slice(0, MAX_NAMES).map(withUse) : [],
      },
      credentials: seen(made.credentials, 'credentials:read'),
      integrations: seen(made.integrations, 'integrations:read'),
      webhooks: seen(made.webhooks, 'webhooks:read'),
      invitations: seen(made.invitations, 'members:read'),
    }
  })
}

/** A key with when it was used last, by the day: what would break. */
function withUse({ name, lastUsedAt }: MadeBy['keys'][number]): string {
  return `${name} (${lastUsedAt ? `last used on ${lastUsedAt.toISOString().slice(0, 10)}` : 'never used'})`
}

/** Names that a dialog shows of each kind. */
const MAX_NAMES = 5

/** Takes a member out of the account. */
export async function removeMemberAction(userId: string, wanted: unknown): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const actor = await requireManager()
    const input = parseInput(removeMemberInput, wanted)
    const { database, jobs } = getRuntime()
    await removeMember(database.db, actor, parseInput(memberId, userId), input)
    jobs?.trigger('notifications.deliver')
    return null
  })
}

/** Makes another member the owner. */
export async function handOverAction(userId: string): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const actor = await requireActor('account:hand_over', { recentPassword: true })
    const { database, jobs } = getRuntime()
    await handOver(database.db, actor, parseInput(memberId, userId))
    jobs?.trigger('notifications.deliver')
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
