'use client'

import { useRef, useState } from 'react'
import type { ActionAnswer, ActionRefusal } from '@/app/action-answer'
import { useConfirmedPassword } from '@/app/confirm-password/use-confirmed-password'

export const LOST: ActionRefusal = {
  ok: false,
  code: 'failed',
  message: 'No answer came from the server, so it is not known whether the change was made. Look before you try again.',
  fields: [],
}

/**
 * Calls actions of one part of the page, one at a time; asks for the password when it is asked for.
 * `run` gives what the action answered, or null when it was refused: `refusal` then says why, unless the person closed the
 * dialog for the password.
 */
export function useSecurityAction() {
  const [pending, setPending] = useState(false)
  const [refusal, setRefusal] = useState<ActionRefusal | null>(null)
  const running = useRef(false)
  const { withPassword, passwordDialog } = useConfirmedPassword()

  async function run<Value>(action: () => Promise<ActionAnswer<Value>>): Promise<{ value: Value } | null> {
    // State would still be the old one at a second press in the same moment.
    if (running.current) return null
    running.current = true
    setPending(true)
    const result = await withPassword(action).catch(() => LOST)
    running.current = false
    setPending(false)
    setRefusal(result.ok || result.code === 'password_required' ? null : result)
    return result.ok ? { value: result.value } : null
  }
  function refuse(message: string) {
    setRefusal({ ok: false, code: 'invalid', message, fields: [] })
  }
  return { run, pending, refusal, refuse, clear: () => setRefusal(null), passwordDialog }
}
