'use server'

import { type ActionAnswer, answer } from '@/app/action-answer'
import { requireActor } from '@/app/session'
import { changeKeyRules, keyRulesInput } from '@/lib/api-keys'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'

/** Changes what the account asks of its API keys. */
export async function changeKeyRulesAction(input: unknown): Promise<ActionAnswer<null>> {
  return answer(async () => {
    const actor = await requireActor('policies:update', { recentPassword: true })
    await changeKeyRules(getRuntime().database.db, actor, parseInput(keyRulesInput, input))
    return null
  })
}
