'use server'

import { z } from 'zod'
import { type ActionAnswer, answer } from '@/app/action-answer'
import { requireActor } from '@/app/session'
import {
  changeCustomRole,
  createCustomRole,
  customRoleInput,
  deleteCustomRole,
  deleteRoleInput,
  shownRoleInput,
} from '@/lib/accounts'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'

const roleId = z.string().max(64)

/** Makes a role. */
export async function createRoleAction(input: unknown): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const actor = await requireRoleManager()
    await createCustomRole(getRuntime().database.db, actor, parseInput(customRoleInput, input))
    return null
  })
}

/** Changes a role, for all who have it; `shown` is what the page showed of it. */
export async function changeRoleOfAccountAction(
  id: unknown,
  input: unknown,
  shown: unknown,
): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const actor = await requireRoleManager()
    const change = parseInput(customRoleInput, input)
    const { db } = getRuntime().database
    await changeCustomRole(db, actor, parseInput(roleId, id), change, parseInput(shownRoleInput, shown))
    return null
  })
}

/** Deletes a role; `replacement` is what those get who have it. */
export async function deleteRoleAction(id: unknown, replacement: unknown): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const actor = await requireRoleManager()
    const input = parseInput(deleteRoleInput, { replacement })
    await deleteCustomRole(getRuntime().database.db, actor, parseInput(roleId, id), input)
    return null
  })
}

function requireRoleManager() {
  return requireActor('roles:manage', { recentPassword: true })
}
