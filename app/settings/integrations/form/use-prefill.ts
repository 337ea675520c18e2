'use client'

import { useEffect, useRef } from 'react'
import type { Credential } from '../words'
import { type FormValues, rowOf } from './form-values'
import { prefillFor } from './prefill'

type Prefilled = Pick<FormValues, 'baseUrl' | 'headers'>

/**
 * Fills in how the chosen credential's service is called: from the catalogue, or its only host. What somebody typed stays;
 * what an earlier choice filled in does not.
 */
export function usePrefill(
  credential: Credential | undefined,
  values: Prefilled,
  fill: (change: Partial<Prefilled>) => void,
): void {
  const latest = useRef({ values, fill })
  const filledIn = useRef<Partial<Prefilled>>({})
  useEffect(() => {
    latest.current = { values, fill }
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each choice, not for each reading of the credential
  useEffect(() => {
    if (!credential) return
    let isChosen = true
    void suggestion(credential).then((suggested) => {
      if (!isChosen) return
      const { values, fill } = latest.current
      const isFree = (field: keyof Prefilled) => values[field].length === 0 || values[field] === filledIn.current[field]
      const change: Partial<Prefilled> = {
        ...(isFree('baseUrl') ? { baseUrl: suggested.baseUrl } : {}),
        ...(isFree('headers') ? { headers: suggested.headers } : {}),
      }
      filledIn.current = { ...filledIn.current, ...change }
      fill(change)
    })
    return () => {
      isChosen = false
    }
  }, [credential?.id])
}

async function suggestion(credential: Credential): Promise<Prefilled> {
  const known = credential.provider ? await fromCatalogue(credential, credential.provider) : null
  if (known) return { baseUrl: known.baseUrl, headers: known.headers.map(rowOf) }
  const [host = ''] = credential.hosts
  return { baseUrl: credential.hosts.length === 1 ? host : '', headers: [] }
}

async function fromCatalogue(credential: Credential, provider: string) {
  try {
    const { findProvider } = await import('@/lib/credentials/catalogue')
    return prefillFor(credential, findProvider(provider))
  } catch {
    // Its code could not be loaded: the person fills it in.
    return null
  }
}
