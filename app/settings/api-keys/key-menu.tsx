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
const loadPause = () => import('./dialogs/pause-dialog')
const loadLimits = () => import('./dialogs/limits-dialog')
const RevokeDialog = lazy(loadRevoke)
const PauseDialog = lazy(loadPause)
const LimitsDialog = lazy(loadLimits)
const RegenerateDialog = lazy(loadRegenerate)

/** The actions of one row that open a dialog. */
export type KeyDialog = { kind: 'revoke' | 'regenerate' | 'pause' | 'limits'; apiKey: ApiKey }

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
          void loadPause()
        }}
      >
        <Ellipsis aria-hidden="true" />
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuItem href={keyHref(id)}>View details</DropdownMenuItem>
        {canRename(apiKey) ? <DropdownMenuItem href={`${keyHref(id)}?rename=1`}>Rename</DropdownMenuItem> : null}
        {status === 'active' ? (
          <DropdownMenuItem onSelect={() => onOpen({ kind: 'regenerate', apiKey })}>Regenerate key</DropdownMenuItem>
        ) : null}
        {canPause(status) ? (
          <>
            <DropdownMenuItem onSelect={() => onOpen({ kind: 'limits', apiKey })}>Edit limits</DropdownMenuItem>
            <DropdownMenuItem onSelect={() => onOpen({ kind: 'pause', apiKey })}>
              {status === 'paused' ? 'Resume key' : 'Pause key'}
            </DropdownMenuItem>
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

/** Whether a key works, or would if it were not paused: then it can be paused or resumed, and has limits to change. */
export function canPause(status: ApiKey['status']): boolean {
  return status === 'active' || status === 'retiring' || status === 'paused'
}

/** Whether a key holds its name, as the server decides it: one that another has taken the place of does not. */
export function canRename({ status, retires_at }: Pick<ApiKey, 'status' | 'retires_at'>): boolean {
  return status === 'active' || (status === 'paused' && retires_at === null)
}

/** The dialogs of keys, one at a time, for pages with several ways to open them. */
export function useKeyDialogs({
  onRevoked,
  onChanged,
  onRegenerated,
}: {
  /** Told the key's id. */
  onRevoked?: (id: string) => void
  /** It was paused or resumed, or its limits are others. */
  onChanged?: () => void
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
          <RevokeDialog apiKey={current.apiKey} onRevoked={() => onRevoked?.(current.apiKey.id)} onClose={close} />
        ) : current.kind === 'pause' ? (
          <PauseDialog apiKey={current.apiKey} onChanged={onChanged} onClose={close} />
        ) : current.kind === 'limits' ? (
          <LimitsDialog apiKey={current.apiKey} onChanged={onChanged} onClose={close} />
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
