'use server'

import { revalidatePath } from 'next/cache'
import { type ActionAnswer, answer } from '@/app/action-answer'
import { requireActor } from '@/app/session'
import { changePolicy, leakPolicyInput } from '@/lib/accounts'
import { changeKeyRules, keyRulesInput } from '@/lib/api-keys'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import type { ActionResult } from '../data/action-result'
import { problemOf } from './refusal-words'

/** Changes what the account asks of its API keys. */
export async function changeKeyRulesAction(input: unknown): Promise<ActionAnswer<null>> {
  const result = await answer(async () => {
    const actor = await requireActor('policies:update', { recentPassword: true })
    await changeKeyRules(getRuntime().database.db, actor, parseInput(keyRulesInput, input))
    return null
  })
  // With the answer: the form then shows what was saved.
  if (result.ok) revalidatePath('/settings/policies')
  return result
}

/** Chooses what becomes of a key whose token is reported as leaked. */
export async function saveLeakPolicy(input: unknown): Promise<ActionResult<void>> {
  const result = await answer(async () => {
    const actor = await requireActor('policies:update', { recentPassword: true })
    const { leak_response } = parseInput(leakPolicyInput, input)
    await changePolicy(getRuntime().database.db, actor, { leakResponse: leak_response })
  })
  if (!result.ok) return problemOf(result)
  revalidatePath('/settings/policies')
  return result
}
