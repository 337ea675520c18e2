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
import { credentialHref, editHref } from './paths'
import type { Credential } from './words'

const loadDelete = () => import('./dialogs/delete-dialog')
const loadTest = () => import('./dialogs/test-dialog')
const DeleteDialog = lazy(loadDelete)
const TestDialog = lazy(loadTest)

/** What a person's role allows with credentials. */
export interface Allowed {
  create: boolean
  update: boolean
  delete: boolean
  test: boolean
  reauthorize: boolean
  /** Whether they may add an integration that uses them. */
  integrate: boolean
}

/** The actions that open a dialog. */
export type CredentialDialog = { kind: 'test' | 'delete'; credential: Credential }

/** What can be done with a credential, behind one button of its row. */
export function CredentialMenu({
  credential,
  may,
  onOpen,
}: {
  credential: Credential
  may: Allowed
  onOpen: (dialog: CredentialDialog) => void
}) {
  const { id, name } = credential
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={`Actions for ${name}`}
        className={buttonVariants({ variant: 'ghost', size: 'icon-sm' })}
        onFocus={() => {
          void loadTest()
          if (may.delete) void loadDelete()
        }}
      >
        <Ellipsis aria-hidden="true" />
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuItem href={credentialHref(id)}>View details</DropdownMenuItem>
        {may.test ? (
          <DropdownMenuItem onSelect={() => onOpen({ kind: 'test', credential })}>Test</DropdownMenuItem>
        ) : null}
        {may.update ? <DropdownMenuItem href={editHref(id)}>Edit</DropdownMenuItem> : null}
        {may.delete ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuItem variant="danger" onSelect={() => onOpen({ kind: 'delete', credential })}>
              Delete credential
            </DropdownMenuItem>
          </>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}

/** The dialogs of credentials, one at a time, for pages with several ways to open them. */
export function useCredentialDialogs({
  may,
  onDeleted,
}: {
  may: Allowed
  /** Told the credential's id. */
  onDeleted?: (id: string) => void
}): {
  open: (dialog: CredentialDialog) => void
  dialog: React.ReactNode
} {
  const [current, setCurrent] = useState<CredentialDialog | null>(null)
  const close = () => setCurrent(null)
  return {
    open: setCurrent,
    dialog: current && (
      <Suspense>
        {current.kind === 'test' ? (
          <TestDialog credential={current.credential} mayUpdate={may.update} onClose={close} />
        ) : (
          <DeleteDialog
            credential={current.credential}
            onDeleted={() => onDeleted?.(current.credential.id)}
            onClose={close}
          />
        )}
      </Suspense>
    ),
  }
}
