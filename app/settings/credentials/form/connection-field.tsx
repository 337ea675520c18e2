'use client'

import { useRef } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Status } from '@/components/ui/status'
import type { ConsentView } from '@/lib/credentials'
import { ProblemBanner } from '../../data/problem-banner'
import { ConnectStatus, EndBanner } from '../connect/connect-status'
import type { useConnect } from '../connect/use-connect'
import { accountText, type Connection, isOtherAccount } from '../words'

/** Whether the form is connected, and the button that connects it as it is. */
export function ConnectionField({
  connect,
  cameBack,
  connection,
  before,
  error,
  onConnect,
}: {
  connect: ReturnType<typeof useConnect>
  /** How the consent ended that the page comes back from. */
  cameBack: ConsentView | null
  /** Whose tokens the form would be saved with. */
  connection: Connection | null
  /** Of an edit: whose tokens the credential has until then. */
  before: Connection | null
  error: string | undefined
  onConnect: () => void
}) {
  const button = useRef<HTMLButtonElement>(null)
  return (
    <fieldset
      className="grid min-w-0 gap-3 rounded border border-border px-3 py-3"
      aria-describedby={error ? 'connection-error' : undefined}
    >
      <legend className="px-1 font-medium text-sm">Connection</legend>
      <div className="flex flex-wrap items-center justify-between gap-2">
        {connection ? (
          <Status tone="success" className="min-w-0 [overflow-wrap:anywhere]">
            Connected as {accountText(connection)}
          </Status>
        ) : (
          <Status tone="ended">Not connected yet</Status>
        )}
        <Button
          ref={button}
          data-field="connection"
          aria-describedby={error ? 'connection-error' : undefined}
          pending={connect.pending || connect.connecting.phase === 'waiting'}
          onClick={onConnect}
        >
          {connection ? 'Connect again' : 'Connect'}
        </Button>
      </div>
      <div aria-live="polite" className="empty:hidden">
        {error ? (
          <p id="connection-error" className="text-destructive text-sm">
            {error}
          </p>
        ) : null}
      </div>
      <p className="text-muted-foreground text-xs">
        Opens the service, where you sign in and allow Fenicia in. What you typed is kept with this form for a day.
      </p>
      {connect.connecting.phase === 'idle' && cameBack ? <EndBanner consent={cameBack} /> : null}
      <ConnectStatus connect={connect} button={button} />
      <ProblemBanner problem={connect.problem} />
      {before && isOtherAccount(before, connection) ? (
        <Banner tone="warning" role="status" title={`Replace ${accountText(before)}?`}>
          The credential is connected as {accountText(before)}. Saving this form replaces that by{' '}
          {connection ? accountText(connection) : null}. To keep it, connect again with that account, or leave without
          saving.
        </Banner>
      ) : null}
    </fieldset>
  )
}
