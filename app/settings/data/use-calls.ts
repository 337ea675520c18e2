'use client'

import { useState } from 'react'
import type { ActionAnswer, ActionRefusal } from '@/app/action-answer'
import type { NoAnswer } from '@/app/no-answer'
import { useOneCall } from './use-one-call'

/** Why an action was not done, for the person. */
type Refused = Pick<ActionRefusal, 'message' | 'fields'> & { code: ActionRefusal['code'] | NoAnswer['code'] }

/**
 * Calls actions of one part of the page, as `useOneCall` does.
 * `run` gives what the action answered, or null when it was refused: `refusal` then says why, unless the person closed the
 * dialog for the password.
 */
export function useCalls() {
  const [refusal, setRefusal] = useState<Refused | null>(null)
  const { call, pending, passwordDialog } = useOneCall()

  async function run<Value>(action: () => Promise<ActionAnswer<Value>>): Promise<{ value: Value } | null> {
    const answer = await call(action)
    if (!answer) return null
    // Closing the password dialog is an answer that needs no words.
    setRefusal(answer.ok || answer.code === 'password_required' ? null : { fields: [], ...answer })
    return answer.ok ? { value: answer.value } : null
  }
  /** @param at the field that it is about; absent: none */
  function refuse(message: string, at?: string) {
    setRefusal({ code: 'invalid', message, fields: at ? [{ field: at, code: 'missing_field', message }] : [] })
  }
  return { run, pending, refusal, refuse, clear: () => setRefusal(null), passwordDialog }
}
