'use client'

import { useEffect } from 'react'

const QUESTION = 'The secret that you typed is not saved yet. Leave the form all the same?'

/** Asks before the page is closed, left for another site, or left by a link for another page. */
export function useWarningBeforeLeaving(enabled: boolean): void {
  useEffect(() => {
    if (!enabled) return
    let isAnswered = false
    const warn = (event: BeforeUnloadEvent) => isAnswered || event.preventDefault()
    const follow = (event: MouseEvent) => {
      if (!leavesPage(event)) return
      isAnswered = confirm(QUESTION)
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
  }, [enabled])
}

/** Whether a click follows a link in this tab. */
function leavesPage({ target, ctrlKey, metaKey, shiftKey, altKey }: MouseEvent): boolean {
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>('a[href]') : null
  if (!link || link.target === '_blank' || link.hasAttribute('download')) return false
  const isWithin = link.hash !== '' && link.href.split('#')[0] === location.href.split('#')[0]
  return !isWithin && !(ctrlKey || metaKey || shiftKey || altKey)
}
