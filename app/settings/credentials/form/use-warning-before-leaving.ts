'use client'

import { useEffect } from 'react'

/** Lets the browser ask before the page is closed or left for another site. */
export function useWarningBeforeLeaving(enabled: boolean): void {
  useEffect(() => {
    if (!enabled) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [enabled])
}
