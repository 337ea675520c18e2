'use client'

import { useRef } from 'react'
import { Badge } from '@/components/ui/badge'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { RelativeTime } from '@/components/ui/relative-time'
import { toast } from '@/components/ui/toast'
import { useCalls } from '../data/use-calls'
import { useRecoveredFocus } from '../data/use-recovered-focus'
import { endSessionAction } from './second-factor/actions'

/** A place where the person is signed in; points in time are ISO 8601. */
export interface ShownSession {
  id: string
  browser: string
  address: string | null
  /** How they signed in there. */
  how: string
  startedAt: string
  lastSeenAt: string
  isThis: boolean
}

/** Where the person is signed in, with the way out of each. */
export function Sessions({ sessions }: { sessions: ShownSession[] }) {
  const list = useRef<HTMLUListElement>(null)
  const lostFocus = useRecoveredFocus(list)
  return (
    <ul ref={list} tabIndex={-1} className="divide-y divide-border outline-none" aria-label="Where you are signed in">
      {sessions.map((session) => (
        <Place key={session.id} {...session} onEnded={lostFocus} />
      ))}
    </ul>
  )
}

function Place({
  id,
  browser,
  address,
  how,
  startedAt,
  lastSeenAt,
  isThis,
  onEnded,
}: ShownSession & { onEnded: () => void }) {
  const { run, pending, refusal, passwordDialog } = useCalls()
  return (
    <li className="grid gap-2 py-2.5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0 [overflow-wrap:anywhere]">
          <span className="font-medium">{browser}</span>
          {address ? <span className="text-muted-foreground text-sm"> from {address}</span> : null}
          <p className="text-muted-foreground text-sm">
            Signed in <RelativeTime value={startedAt} /> {how}
            {isThis ? null : (
              <>
                , last seen <RelativeTime value={lastSeenAt} />
              </>
            )}
            .
          </p>
        </div>
        {isThis ? (
          <Badge>This browser</Badge>
        ) : (
          <Button
            size="sm"
            variant="danger"
            pending={pending}
            aria-label={`Sign out ${browser}${address ? ` from ${address}` : ''}`}
            onClick={async () => {
              if (!(await run(() => endSessionAction(id)))) return
              onEnded()
              toast(`${browser} is signed out`)
            }}
          >
            Sign out
          </Button>
        )}
      </div>
      {refusal ? (
        <Banner tone="error" role="alert">
          {refusal.message}
        </Banner>
      ) : null}
      {passwordDialog}
    </li>
  )
}
