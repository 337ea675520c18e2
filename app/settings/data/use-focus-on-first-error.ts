'use client'

import { type RefObject, useEffect } from 'react'

/** When the server refuses fields of a form, the first of them gets the focus: with each `problem` anew. */
export function useFocusOnFirstError(form: RefObject<HTMLFormElement | null>, problem: object | null): void {
  useEffect(() => {
    if (!problem) return
    // A single control says so itself; a group is described by its error, and its first control gets the focus.
    const first = form.current?.querySelector<HTMLElement>(
      '[aria-invalid="true"], fieldset[aria-describedby*="-error"] :is(input, select, button)',
    )
    first?.focus({ preventScroll: true })
    // With its label and its error, which stand around it.
    first?.scrollIntoView({ block: 'center' })
  }, [form, problem])
}
