'use client'

import { Ellipsis } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { buttonVariants } from '@/components/ui/button'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'
import { keyHref } from './paths'
import type { ApiKey } from './words'

const loadRevoke = () => import('./dialogs/revoke-dialog')
const loadRegenerate = () => import('./dialogs/regenerate-dialog')
const RevokeDialog = lazy(loadRevoke)
const RegenerateDialog = lazy(loadRegenerate)

/** The actions of one row that open a dialog. */
export type KeyDialog = { kind: 'revoke' | 'regenerate'; apiKey: ApiKey }

/** What can be done with a key, behind one button of its row. */
export function KeyMenu({ apiKey, onOpen }: { apiKey: ApiKey; onOpen: (dialog: KeyDialog) => void }) {
  const { id, name, status } = apiKey
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={`Actions for ${name}`}
        className={buttonVariants({ variant: 'ghost', size: 'icon-sm' })}
        onFocus={() => {
          void loadRevoke()
          void loadRegenerate()
        }}
      >
        <Ellipsis aria-hidden="true" />
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuItem href={keyHref(id)}>View details</DropdownMenuItem>
        {status === 'active' ? (
          <>
            <DropdownMenuItem href={`${keyHref(id)}?rename=1`}>Rename</DropdownMenuItem>
            <DropdownMenuItem onSelect={() => onOpen({ kind: 'regenerate', apiKey })}>Regenerate key</DropdownMenuItem>
          </>
        ) : null}
        {status === 'revoked' ? null : (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuItem variant="danger" onSelect={() => onOpen({ kind: 'revoke', apiKey })}>
              Revoke key
            </DropdownMenuItem>
          </>
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}

/** The dialogs of keys, one at a time, for pages with several ways to open them. */
export function useKeyDialogs({
  onRevoked,
  onRegenerated,
}: {
  onRevoked?: () => void
  /** The dialog of a regeneration is closed; told the new key's id. */
  onRegenerated?: (newId: string) => void
} = {}): {
  open: (dialog: KeyDialog) => void
  dialog: React.ReactNode
} {
  const [current, setCurrent] = useState<KeyDialog | null>(null)
  const close = () => setCurrent(null)
  return {
    open: setCurrent,
    dialog: current && (
      <Suspense>
        {current.kind === 'revoke' ? (
          <RevokeDialog apiKey={current.apiKey} onRevoked={onRevoked} onClose={close} />
        ) : (
          <RegenerateDialog
            apiKey={current.apiKey}
            onClose={(issued) => {
              close()
              if (issued) onRegenerated?.(issued.id)
            }}
          />
        )}
      </Suspense>
    ),
  }
}
