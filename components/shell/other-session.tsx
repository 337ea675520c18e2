'use client'

import { useEffect, useState, useTransition } from 'react'
import {
  AlertDialog,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
} from '@/components/ui/alert-dialog'
import { Button } from '@/components/ui/button'
import { goToAccount } from './go-to-account'
import type { EnterAccount } from './navigation'

/** Who is signed in, and in which of their accounts. */
interface Holder {
  userId: string
  accountId: string
  accountName: string
}

const CHANNEL = 'fenicia.session'

/**
 * Stops a page once another tab of this browser is in another account, or somebody else signed in there: all tabs have one
 * session, so that what this page shows would belong to the one account, and what is done on it would be done in the other.
 */
export function OtherSession({ userId, accountId, accountName, enter }: Holder & { enter: EnterAccount }) {
  const [heard, setHeard] = useState<Holder>()
  const [pending, startTransition] = useTransition()

  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = ({ data }: MessageEvent<Holder>) => setHeard(data)
    const own: Holder = { userId, accountId, accountName }
    channel.postMessage(own)
    return () => channel.close()
  }, [userId, accountId, accountName])

  if (!heard || (heard.userId === userId && heard.accountId === accountId)) return null
  const isOwn = heard.userId === userId
  const other = <bdi>{heard.accountName}</bdi>
  return (
    <AlertDialog open>
      <AlertDialogContent dismissible={false}>
        <AlertDialogHeader>
          <AlertDialogTitle>
            {isOwn ? <>This browser is in {other} now</> : 'Somebody else is signed in now'}
          </AlertDialogTitle>
          <AlertDialogDescription>
            {isOwn ? <>You went there</> : <>They signed in to {other}</>} in another tab. This page still shows{' '}
            <bdi>{accountName}</bdi>, and what you do on it would be done in {other}.
          </AlertDialogDescription>
        </AlertDialogHeader>
        <AlertDialogFooter>
          {isOwn ? (
            <Button pending={pending} onClick={() => startTransition(() => goToAccount(enter, accountId))}>
              Back to this account
            </Button>
          ) : null}
          <Button variant="primary" autoFocus onClick={() => location.assign('/')}>
            Go on there
          </Button>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  )
}
