'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { requireSecondFactor } from '@/lib/accounts'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { type ActionAnswer, answer } from '../../action-answer'
import { requireActor } from '../../session'

/** Has the account ask its people for a second factor, or not any more. */
export async function requireSecondFactorAction(required: unknown): Promise<ActionAnswer<null>> {
  const result = await answer(async () => {
    const actor = await requireActor('policies:update', { recentPassword: true })
    await requireSecondFactor(getRuntime().database.db, actor, parseInput(z.boolean(), required))
    return null
  })
  if (result.ok) revalidatePath('/settings/policies')
  return result
}
