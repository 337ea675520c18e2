'use client'

import { useEffect, useState } from 'react'

export type Rules = typeof import('./rules')

/** The rules of the form; null until they are loaded, and when they can't be: the server knows them too. */
export function useRules(): Rules | null {
  const [rules, setRules] = useState<Rules | null>(null)
  useEffect(() => {
    let isHere = true
    void import('./rules').then(
      (loaded) => isHere && setRules(loaded),
      () => {},
    )
    return () => {
      isHere = false
    }
  }, [])
  return rules
}
