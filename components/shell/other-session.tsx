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
import { type Holder, tellPageOf } from './page-of'

/** Who is signed in, and in which of their accounts; its name, where that is known. */
interface Signed extends Holder {
  accountName?: string
}

const CHANNEL = 'fenicia.session'

const isSame = (one: Holder, other: Holder) => one.userId === other.userId && one.accountId === other.accountId

/**
 * Stops a page once this browser is in another account, or somebody else signed in there: all tabs have one session, so that
 * what this page shows would belong to the one account, and what is done on it would be done in the other. Tabs tell each
 * other; one that did not hear of it is told by the server, which does nothing for it.
 */
export function OtherSession({ userId, accountId, accountName, enter }: Required<Signed> & { enter: EnterAccount }) {
  // As the page was loaded: what Next reads anew of it may be of the other account already, with what was typed for this one.
  const [own] = useState({ userId, accountId, accountName })
  const [heard, setHeard] = useState<Signed>()
  const [pending, startTransition] = useTransition()

  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = ({ data }: MessageEvent<Signed>) => setHeard(data)
    channel.postMessage(own)
    // A tab knows the name too.
    const end = tellPageOf(own, (now) => setHeard((before) => (before && isSame(before, now) ? before : now)))
    return () => {
      end()
      channel.close()
    }
  }, [own])

  if (!heard || isSame(heard, own)) return null
  const isOwn = heard.userId === own.userId
  const other = heard.accountName === undefined ? 'another account' : <bdi>{heard.accountName}</bdi>
  return (
    <AlertDialog open>
      <AlertDialogContent dismissible={false}>
        <AlertDialogHeader>
          <AlertDialogTitle>
            {isOwn ? <>This browser is in {other} now</> : 'Somebody else is signed in now'}
          </AlertDialogTitle>
          <AlertDialogDescription>
            {isOwn ? 'You went there' : <>They signed in to {other}</>} in another tab. This page still shows{' '}
            <bdi>{own.accountName}</bdi>, and can do nothing more.
          </AlertDialogDescription>
        </AlertDialogHeader>
        <AlertDialogFooter>
          {isOwn ? (
            <Button pending={pending} onClick={() => startTransition(() => goToAccount(enter, own.accountId))}>
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
