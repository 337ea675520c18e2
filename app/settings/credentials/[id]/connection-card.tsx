'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Card, CardContent, CardFooter, CardHeader, CardTitle } from '@/components/ui/card'
import { RelativeTime } from '@/components/ui/relative-time'
import { Status } from '@/components/ui/status'
import type { ConsentView } from '@/lib/credentials'
import { ProblemBanner } from '../../data/problem-banner'
import { useRecoveredFocus } from '../../data/use-recovered-focus'
import { connectCredential } from '../connect/actions'
import { ConnectStatus, EndBanner } from '../connect/connect-status'
import { REAUTHORIZE_PARAM } from '../connect/paths'
import { useConnect } from '../connect/use-connect'
import type { Allowed } from '../credential-menu'
import { credentialHref } from '../paths'
import { useCredentialsChanged } from '../queries'
import { accountText, type Credential } from '../words'

const load = () => import('../dialogs/connection-dialogs')
const DisconnectDialog = lazy(async () => ({ default: (await load()).DisconnectDialog }))
const ReauthorizeDialog = lazy(async () => ({ default: (await load()).ReauthorizeDialog }))
const ReplaceDialog = lazy(async () => ({ default: (await load()).ReplaceDialog }))

/** Whose account is connected, and the buttons that connect it anew or take it away. */
export default function ConnectionCard({
  credential,
  may,
  cameBack,
}: {
  credential: Credential
  may: Allowed
  /** How the consent ended that the page comes back from. */
  cameBack: ConsentView | null
}) {
  const { id, connection, authorization_url: authorizationUrl } = credential
  const changed = useCredentialsChanged()
  const router = useRouter()
  const wantsIt = useSearchParams().get(REAUTHORIZE_PARAM) !== null
  const forget = () => router.replace(credentialHref(id), { scroll: false })
  const button = useRef<HTMLButtonElement>(null)
  const lostFocus = useRecoveredFocus(button)
  // What has come back stays to be decided on while the question is put off.
  const [other, setOther] = useState(cameBack?.state === 'other_account' ? cameBack : null)
  const [isDeciding, setDeciding] = useState(other !== null)
  // Dialogs stand outside of what the server renders.
  const [isAlive, setAlive] = useState(false)
  useEffect(() => setAlive(true), [])
  const [isDisconnecting, setDisconnecting] = useState(false)
  const [said, setSaid] = useState<string | null>(null)
  const connect = useConnect({
    begin: (display) => connectCredential(id, display),
    onEnded: (consent) => {
      if (consent.state === 'other_account') {
        setOther(consent)
        setDeciding(true)
      }
      changed()
    },
  })
  const start = () => {
    setSaid(null)
    connect.start()
  }
  const decide = () => setDeciding(true)
  const isWaiting = connect.connecting.phase === 'waiting'
  return (
    <Card>
      <CardHeader>
        <CardTitle>Connection</CardTitle>
      </CardHeader>
      <CardContent className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <div className="grid gap-1 text-sm [overflow-wrap:anywhere]">
          {connection ? (
            <>
              <Status tone="success" className="font-medium">
                Connected as {accountText(connection)}
              </Status>
              <p className="text-muted-foreground">
                <RelativeTime value={connection.connected_at} /> by {connection.connected_by}
              </p>
            </>
          ) : (
            <>
              <Status tone="warning" className="font-medium">
                Not connected
              </Status>
              <p className="text-muted-foreground">
                Calls through its integrations are refused until somebody connects the service.
              </p>
            </>
          )}
        </div>
        {connect.connecting.phase === 'idle' && cameBack ? <EndBanner consent={cameBack} onDecide={decide} /> : null}
        <ConnectStatus connect={connect} button={button} onDecide={decide} />
        <ProblemBanner problem={connect.problem} />
        {said ? (
          <Banner role="status" title="Disconnected">
            {said}
          </Banner>
        ) : null}
      </CardContent>
      {may.reauthorize ? (
        <CardFooter>
          <span>Opens the service, where you sign in and allow Fenicia in.</span>
          <span className="flex flex-wrap gap-2">
            {connection && may.update ? (
              <Button
                aria-haspopup="dialog"
                onClick={() => setDisconnecting(true)}
                onPointerEnter={() => void load()}
                onFocus={() => void load()}
              >
                Disconnect
              </Button>
            ) : null}
            <Button
              ref={button}
              variant={connection ? 'secondary' : 'primary'}
              pending={connect.pending || isWaiting}
              onClick={start}
            >
              {connection ? 'Re-authorize' : 'Connect'}
            </Button>
          </span>
        </CardFooter>
      ) : null}
      <Suspense>
        {isAlive && wantsIt && may.reauthorize && !isWaiting ? (
          <ReauthorizeDialog
            credential={credential}
            host={new URL(authorizationUrl ?? '').host}
            onClose={() => {
              lostFocus()
              forget()
            }}
            onContinue={() => {
              lostFocus()
              forget()
              start()
            }}
          />
        ) : null}
        {isAlive && other && isDeciding ? (
          <ReplaceDialog
            name={credential.name}
            consent={other}
            onDecided={() => {
              lostFocus()
              setOther(null)
              connect.reset()
              forget()
              changed()
            }}
            onClose={() => {
              lostFocus()
              setDeciding(false)
            }}
          />
        ) : null}
        {isDisconnecting ? (
          <DisconnectDialog
            credential={credential}
            onClose={() => setDisconnecting(false)}
            onDone={(words) => {
              lostFocus()
              setDisconnecting(false)
              connect.reset()
              forget()
              setSaid(words)
              changed()
            }}
          />
        ) : null}
      </Suspense>
      {connect.passwordDialog}
    </Card>
  )
}
