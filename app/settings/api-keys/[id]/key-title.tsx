'use client'

import { Pencil } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import type { ApiKey } from '../words'

const load = () => import('./rename-form')
const RenameForm = lazy(load)

/** The key's name, which can be changed where it stands. */
export function KeyTitle({
  apiKey,
  mayRename,
  startRenaming,
  onRenamed,
}: {
  apiKey: ApiKey
  mayRename: boolean
  startRenaming: boolean
  onRenamed: () => void
}) {
  const [renaming, setRenaming] = useState(startRenaming && mayRename)
  const button = useRef<HTMLButtonElement>(null)
  const wasRenaming = useRef(false)
  useEffect(() => {
    // The button stands where the form was: the focus goes on there.
    if (wasRenaming.current && !renaming) button.current?.focus()
    wasRenaming.current = renaming
  }, [renaming])

  if (renaming) {
    return (
      <Suspense>
        <RenameForm
          apiKey={apiKey}
          onDone={(renamed) => {
            setRenaming(false)
            if (renamed) onRenamed()
          }}
        />
      </Suspense>
    )
  }
  return (
    <div className="flex min-w-0 items-center gap-1.5">
      <h1 className="min-w-0 font-semibold text-xl tracking-tight [overflow-wrap:anywhere]">
        <bdi>{apiKey.name}</bdi>
      </h1>
      {mayRename ? (
        <Button
          ref={button}
          variant="ghost"
          size="icon-sm"
          aria-label="Rename"
          onClick={() => setRenaming(true)}
          onPointerEnter={() => void load()}
          onFocus={() => void load()}
        >
          <Pencil aria-hidden="true" />
        </Button>
      ) : null}
    </div>
  )
}
