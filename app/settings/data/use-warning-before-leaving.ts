'use client'

import { useEffect, useState } from 'react'

/**
 * Asks before the page is closed, left for another site, or left by a link for another page.
 * @param question for a link; the browser has words of its own for the others
 */
export function useWarningBeforeLeaving(enabled: boolean, question: string): void {
  useEffect(() => {
    if (!enabled) return
    let isAnswered = false
    const warn = (event: BeforeUnloadEvent) => isAnswered || event.preventDefault()
    const follow = (event: MouseEvent) => {
      if (!leavesPage(event)) return
      isAnswered = confirm(question)
      if (isAnswered) return
      event.preventDefault()
      event.stopPropagation()
    }
    addEventListener('beforeunload', warn)
    // Before React hears of it, which goes to the other page without loading it.
    document.addEventListener('click', follow, { capture: true })
    return () => {
      removeEventListener('beforeunload', warn)
      document.removeEventListener('click', follow, { capture: true })
    }
  }, [enabled, question])
}

/**
 * Asks before a form is left in which something was changed and not sent.
 * @param refusal why it was not saved when it was sent; null: it was, or is being sent
 * @returns what the form has to be given
 */
export function useWarningWhileUnsaved(refusal: object | null): { onInput: () => void; onSubmitCapture: () => void } {
  const [isUnsaved, setUnsaved] = useState(false)
  useEffect(() => {
    if (refusal) setUnsaved(true)
  }, [refusal])
  useWarningBeforeLeaving(isUnsaved, 'What you changed is not saved yet. Leave the form all the same?')
  // By React's own events: rendered within one of the browser's, a field would get back the value that it had before.
  return { onInput: () => setUnsaved(true), onSubmitCapture: () => setUnsaved(false) }
}

/** Whether a click follows a link in this tab. */
function leavesPage({ target, ctrlKey, metaKey, shiftKey, altKey }: MouseEvent): boolean {
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>('a[href]') : null
  if (!link || link.target === '_blank' || link.hasAttribute('download')) return false
  const isWithin = link.hash !== '' && link.href.split('#')[0] === location.href.split('#')[0]
  return !isWithin && !(ctrlKey || metaKey || shiftKey || altKey)
}
