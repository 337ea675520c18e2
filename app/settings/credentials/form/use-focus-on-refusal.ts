'use client'

import { type RefObject, useState } from 'react'
import { useFocusOnFirstError } from '../../data/use-focus-on-first-error'

/**
 * For when a form is refused, also by itself: the first field with an error gets the focus, once its error is there.
 * @returns to be called together with what shows the errors
 */
export function useFocusOnRefusal(form: RefObject<HTMLFormElement | null>): () => void {
  const [refusal, setRefusal] = useState<object | null>(null)
  useFocusOnFirstError(form, refusal)
  return () => setRefusal({})
}
