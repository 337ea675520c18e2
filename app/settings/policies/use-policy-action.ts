'use client'

import { type RefObject, useEffect } from 'react'
import type { ActionAnswer } from '@/app/action-answer'
import { emptyForm, refusedForm } from '@/app/form-state'
import { useCallAndRefresh } from '../data/use-call-and-refresh'
import { useWarningWhileUnsaved } from '../data/use-warning-before-leaving'

/**
 * Saves one card of the policies, as `useCallAndRefresh` calls. What was typed stays when it is refused, and the first
 * field with an error gets the focus.
 */
export function usePolicyAction<Input>(
  action: (input: Input) => Promise<ActionAnswer<null>>,
  form: RefObject<HTMLFormElement | null>,
  onDone: () => void,
) {
  const { run, pending, refusal, passwordDialog } = useCallAndRefresh(action, onDone)
  const whileUnsaved = useWarningWhileUnsaved(refusal)
  useEffect(() => {
    if (refusal) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [refusal, form])
  const { message, errors } = refusal ? refusedForm(refusal) : emptyForm
  return { run, pending, problem: message ? refusal : null, errors: byField(errors), passwordDialog, whileUnsaved }
}

/** An error of an item stands at its list. */
function byField(errors: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(errors)
      .reverse()
      .map(([field, error]) => [field.split('.')[0] ?? field, error]),
  )
}
