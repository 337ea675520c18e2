'use client'

import { type RefObject, useEffect, useRef } from 'react'

/** How long after a change its control may still vanish with the next answer of the server. */
const PATIENCE_MS = 10_000

/**
 * For changes that take away the control they were made with, such as a revoked key's row: once that is gone, the focus
 * goes to `target` and not to the top of the page.
 * @returns to be called when such a change was made
 */
export function useRecoveredFocus(target: RefObject<HTMLElement | null>): () => void {
  const expectedUntil = useRef(0)
  useEffect(() => {
    if (Date.now() > expectedUntil.current || document.activeElement !== document.body) return
    expectedUntil.current = 0
    target.current?.focus({ preventScroll: true })
  })
  return () => {
    expectedUntil.current = Date.now() + PATIENCE_MS
  }
}
