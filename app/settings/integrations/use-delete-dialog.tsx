'use client'

import { lazy, type ReactNode, Suspense, useState } from 'react'
import type { Integration } from './words'

export const loadDeleteDialog = () => import('./dialogs/delete-dialog')
const DeleteDialog = lazy(loadDeleteDialog)

/** The dialog that deletes an integration, for pages with several ways to open it. */
export function useDeleteDialog(onDeleted: () => void): {
  open: (integration: Integration) => void
  dialog: ReactNode
} {
  const [integration, setIntegration] = useState<Integration | null>(null)
  return {
    open: setIntegration,
    dialog: integration && (
      <Suspense>
        <DeleteDialog integration={integration} onDeleted={onDeleted} onClose={() => setIntegration(null)} />
      </Suspense>
    ),
  }
}
