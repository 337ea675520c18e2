'use client'

import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import type { ActionAnswer, ActionRefusal } from '@/app/action-answer'
import { useConfirmedPassword } from '@/app/confirm-password/use-confirmed-password'

const LOST: ActionRefusal = {
  ok: false,
  code: 'failed',
  message: 'No answer came from the server, so it is not known whether the change was made. Look before you try again.',
  fields: [],
}

/** Calls an action of this page, one call at a time; asks for the password when it is asked for, and reads the page anew. */
export function useMemberAction<Input extends unknown[]>(
  action: (...input: Input) => Promise<ActionAnswer<null>>,
  onDone: () => void,
) {
  const [pending, setPending] = useState(false)
  const [refusal, setRefusal] = useState<ActionRefusal | null>(null)
  const running = useRef(false)
  const router = useRouter()
  const { withPassword, passwordDialog } = useConfirmedPassword()

  async function run(...input: Input): Promise<void> {
    // State would still be the old one at a second press in the same moment.
    if (running.current) return
    running.current = true
    setPending(true)
    const result = await withPassword(() => action(...input)).catch(() => LOST)
    running.current = false
    setPending(false)
    // Closing the password dialog is an answer that needs no words.
    setRefusal(result.ok || result.code === 'password_required' ? null : result)
    if (result.ok) onDone()
    router.refresh()
  }
  return { run, pending, refusal, clear: () => setRefusal(null), passwordDialog }
}
