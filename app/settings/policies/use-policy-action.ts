'use client'

import { useRouter } from 'next/navigation'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { ActionAnswer, ActionRefusal } from '@/app/action-answer'
import { useConfirmedPassword } from '@/app/confirm-password/use-confirmed-password'
import { refusedForm } from '@/app/form-state'

const LOST: ActionRefusal = {
  ok: false,
  code: 'failed',
  message: 'No answer came from the server, so it is not known whether the change was made. Look before you try again.',
  fields: [],
}

/**
 * Saves one card of the policies, one call at a time; asks for the password when it is asked for. What was typed stays when it
 * is refused, and the first field with an error gets the focus.
 */
export function usePolicyAction<Input>(
  action: (input: Input) => Promise<ActionAnswer<null>>,
  form: RefObject<HTMLFormElement | null>,
  onDone: () => void,
) {
  const [pending, setPending] = useState(false)
  const [refusal, setRefusal] = useState<ActionRefusal | null>(null)
  const running = useRef(false)
  const router = useRouter()
  const { withPassword, passwordDialog } = useConfirmedPassword()
  useEffect(() => {
    if (refusal) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [refusal, form])

  async function run(input: Input): Promise<void> {
    // State would still be the old one at a second press in the same moment.
    if (running.current) return
    running.current = true
    setPending(true)
    const result = await withPassword(() => action(input)).catch(() => LOST)
    running.current = false
    setPending(false)
    // Closing the password dialog is an answer that needs no words.
    setRefusal(result.ok || result.code === 'password_required' ? null : result)
    if (result.ok) onDone()
    router.refresh()
  }
  const { message, errors } = refusal ? refusedForm(refusal) : { message: undefined, errors: {} }
  return { run, pending, message, errors: byField(errors), passwordDialog }
}

/** An error of an item stands at its list. */
function byField(errors: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(errors)
      .reverse()
      .map(([field, error]) => [field.split('.')[0] ?? field, error]),
  )
}
