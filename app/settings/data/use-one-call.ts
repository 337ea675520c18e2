'use client'

import { type ReactNode, useRef, useState } from 'react'
import { useConfirmedPassword } from '@/app/confirm-password/use-confirmed-password'
import { type NoAnswer, noAnswer } from '@/app/no-answer'

/**
 * Calls server actions, one at a time, however often the button is pressed; when one asks for the password, the dialog for
 * that opens and the call goes on by itself.
 * @param lost what to say when no answer came: the work may have been done
 */
export function useOneCall(lost?: string): {
  /** Answers what the action did; null where another call is going on. */
  call: <Answer extends { ok: boolean; code?: string }>(
    action: () => Promise<Answer>,
  ) => Promise<Answer | NoAnswer | null>
  pending: boolean
  /** Must be in the page: the dialog that asks for the password, when it is asked for. */
  passwordDialog: ReactNode
} {
  const [pending, setPending] = useState(false)
  const running = useRef(false)
  const { withPassword, passwordDialog } = useConfirmedPassword()

  async function call<Answer extends { ok: boolean; code?: string }>(action: () => Promise<Answer>) {
    // State would still be the old one at a second press in the same moment.
    if (running.current) return null
    running.current = true
    setPending(true)
    const answer = await withPassword(action).catch((error: unknown) => noAnswer(error, lost))
    running.current = false
    setPending(false)
    return answer
  }
  return { call, pending, passwordDialog }
}
