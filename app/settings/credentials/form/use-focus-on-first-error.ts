'use client'

import { type RefObject, useEffect, useState } from 'react'

/**
 * For when a form is refused: the first field with an error gets the focus, once its error is there.
 * @returns to be called together with what shows the errors
 */
export function useFocusOnFirstError(form: RefObject<HTMLFormElement | null>): () => void {
  const [refusals, setRefusals] = useState(0)
  useEffect(() => {
    if (refusals === 0) return
    // A single control says so itself; a group is described by its error, and its first control gets the focus.
    const first = form.current?.querySelector<HTMLElement>(
      '[aria-invalid="true"], fieldset[aria-describedby*="-error"] :is(input, select, button)',
    )
    first?.focus({ preventScroll: true })
    // With its label and its error, which stand around it.
    first?.scrollIntoView({ block: 'center' })
  }, [form, refusals])
  return () => setRefusals((count) => count + 1)
}
