'use client'

import { useEffect, useState } from 'react'

/**
 * What the link of a mail holds, from the fragment of the page's address; it is taken out of the address bar, and with it
 * out of the history, at once.
 * @returns null until it was looked for; empty when there is none
 */
export function useLinkToken(): string | null {
  const [token, setToken] = useState<string | null>(null)
  useEffect(() => {
    const read = () => {
      const found = location.hash.slice(1)
      if (found) history.replaceState(history.state, '', location.pathname)
      // React may look twice; the second time there is nothing left.
      setToken((before) => found || before || '')
    }
    read()
    // Another link opened in the same tab changes the fragment alone: no page is loaded.
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }, [])
  return token
}
