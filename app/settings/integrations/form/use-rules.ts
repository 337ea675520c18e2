'use client'

import { useEffect, useState } from 'react'

export type Rules = Pick<typeof import('./rules'), 'problemsIn' | 'slugOf'>

/** The rules of the form; null until they are loaded, and when they can't be: the server knows them too. */
export function useRules(): Rules | null {
  const [rules, setRules] = useState<Rules | null>(null)
  useEffect(() => {
    let isHere = true
    void import('./rules').then(
      ({ problemsIn, slugOf }) => isHere && setRules({ problemsIn, slugOf }),
      () => {},
    )
    return () => {
      isHere = false
    }
  }, [])
  return rules
}
