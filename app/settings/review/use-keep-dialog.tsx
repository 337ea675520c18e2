'use client'

import { lazy, type ReactNode, Suspense, useState } from 'react'
import type { ActionResult } from '../data/action-result'
import type { KeepDecision } from './keep-dialog'

const KeepDialog = lazy(() => import('./keep-dialog'))

/** What somebody is about to keep. */
interface Keeping<Finding> {
  ids: string[]
  findings: Finding[]
  /** "“ERP”", "3 keys" */
  what: string
}

/** Has a person decide to keep what was found. The dialog is shown once `ask` was called. */
export function useKeepDialog<Finding>(
  keep: (ids: string[], findings: Finding[], decision: KeepDecision) => Promise<ActionResult<number>>,
  onKept: (ids: string[]) => void,
): { ask: (keeping: Keeping<Finding>) => void; keepDialog: ReactNode } {
  const [keeping, setKeeping] = useState<Keeping<Finding> | null>(null)
  return {
    ask: setKeeping,
    keepDialog: keeping ? (
      <Suspense>
        <KeepDialog
          what={keeping.what}
          keep={(decision) => keep(keeping.ids, keeping.findings, decision)}
          onKept={() => {
            setKeeping(null)
            onKept(keeping.ids)
          }}
          onClose={() => setKeeping(null)}
        />
      </Suspense>
    ) : null,
  }
}
