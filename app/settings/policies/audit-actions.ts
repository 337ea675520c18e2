'use server'

import { revalidatePath } from 'next/cache'
import { answer } from '@/app/action-answer'
import { requireActor } from '@/app/session'
import { auditPolicyInput, changePolicy } from '@/lib/accounts'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import type { ActionResult } from '../data/action-result'
import { problemOf } from './refusal-words'

/** Chooses how long audit events are kept. */
export async function saveAuditPolicy(input: unknown): Promise<ActionResult<void>> {
  const result = await answer(async () => {
    const actor = await requireActor('policies:update', { recentPassword: true })
    const { keep_days } = parseInput(auditPolicyInput, input)
    await changePolicy(getRuntime().database.db, actor, { auditKeepDays: keep_days })
  })
  if (!result.ok) return problemOf(result)
  revalidatePath('/settings/policies')
  return result
}
