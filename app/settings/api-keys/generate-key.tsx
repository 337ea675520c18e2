'use client'

import { useSearchParams } from 'next/navigation'
import { lazy, Suspense, useState, useSyncExternalStore } from 'react'
import { Button } from '@/components/ui/button'
import { LIST_PATH } from './list-state'

const load = () => import('./dialogs/generate-dialog')
const GenerateDialog = lazy(load)

const PARAMETER = 'new'

function currentSearch(change: (params: URLSearchParams) => void): string {
  const params = new URLSearchParams(location.search)
  change(params)
  return params.size > 0 ? `${LIST_PATH}?${params}` : LIST_PATH
}

/** Opens the dialog that makes a key, by the address, so that a link or the command menu does the same. */
export function GenerateKeyButton({ children, variant }: { children: string; variant?: 'primary' }) {
  return (
    <Button
      variant={variant}
      aria-haspopup="dialog"
      onClick={() =>
        history.pushState(
          null,
          '',
          currentSearch((params) => params.set(PARAMETER, '1')),
        )
      }
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
    >
      {children}
    </Button>
  )
}

/**
 * The dialog itself; stands once in the page of those who may make keys.
 * @param grantable the scopes that the person may give, as the server decides it
 */
export function GenerateKey({ grantable }: { grantable: readonly string[] }) {
  const wanted = useSearchParams().get(PARAMETER) === '1'
  // Once a key is being made, no press of Back may take its token away: only the person closes the dialog.
  const [holds, setHolds] = useState(false)
  // The server makes no dialog: its dates would be those of another clock.
  const isInBrowser = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  )
  if (!isInBrowser || (!wanted && !holds)) return null
  return (
    <Suspense>
      <GenerateDialog
        grantable={grantable}
        onHold={setHolds}
        onClose={() => {
          setHolds(false)
          history.replaceState(
            null,
            '',
            currentSearch((params) => params.delete(PARAMETER)),
          )
        }}
      />
    </Suspense>
  )
}
