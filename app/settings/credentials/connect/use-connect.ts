'use client'

import { useEffect, useRef, useState } from 'react'
import type { ConsentView } from '@/lib/credentials'
import type { ActionProblem, ActionResult } from '../../data/action-result'
import { useAction } from '../../data/use-action'
import { cancelConnecting } from './actions'
import { CHANNEL, consentPath } from './paths'

/** A consent that was begun. */
export interface Begun {
  id: string
  url: string
  draftId: string | null
}

/** What the page knows of it. */
export type Connecting =
  | { phase: 'idle' }
  | { phase: 'waiting'; begun: Begun }
  | { phase: 'ended'; consent: ConsentView }

const POLL_MS = 2_500

const SIGNED_OUT: ActionProblem = {
  ok: false,
  code: 'not_signed_in',
  message: 'You are no longer signed in, so what becomes of the connection can’t be told here.',
  fields: {},
}
const GONE: ActionProblem = {
  ok: false,
  code: 'not_found',
  message: 'The connection that was begun here is gone, or is of an account that this browser is not in any more.',
  fields: {},
}

/** Why an answer does not tell what came of a consent. */
function unknownBy({ type, status }: Response): ActionProblem | null {
  // Whoever is not signed in is sent to the page for that.
  if (type === 'opaqueredirect' || status === 401) return SIGNED_OUT
  return status === 404 ? GONE : null
}
const POPUP = { width: 560, height: 720 }

/**
 * Sends a person to a provider and waits for what comes of it. In a pop-up, which is opened at the press of the button, since
 * browsers block it later; where they block it nevertheless, in this window. The provider's page and ours can't reach each
 * other (Cross-Origin-Opener-Policy), so whether the pop-up is still open can't be known: the end is told by our own last page
 * in it, or found by asking the server.
 */
export function useConnect({
  begin,
  beforeLeaving,
  onBegun,
  onEnded,
}: {
  begin: (display: 'popup' | 'page') => Promise<ActionResult<Begun>>
  /** Told before this window goes to the provider. */
  beforeLeaving?: () => void
  onBegun?: (begun: Begun) => void
  onEnded?: (consent: ConsentView) => void
}) {
  const [connecting, setConnecting] = useState<Connecting>({ phase: 'idle' })
  const [unknown, setUnknown] = useState<ActionProblem | null>(null)
  const ended = useRef(onEnded)
  ended.current = onEnded

  async function open(): Promise<ActionResult<Begun & { isAway: boolean }>> {
    const popup = openPopup('')
    const result = await begin(popup ? 'popup' : 'page').catch((error: unknown) => {
      popup?.close()
      throw error
    })
    if (!result.ok) {
      popup?.close()
      return result
    }
    if (!popup) beforeLeaving?.()
    ;(popup ?? window).location.assign(result.value.url)
    return { ok: true, value: { ...result.value, isAway: popup === null } }
  }
  const { run, pending, problem, passwordDialog } = useAction(open, ({ isAway, ...begun }) => {
    onBegun?.(begun)
    if (!isAway) setConnecting({ phase: 'waiting', begun })
  })
  const cancelling = useAction(cancelConnecting, () => setConnecting({ phase: 'idle' }))

  const waiting = connecting.phase === 'waiting' ? connecting.begun.id : null
  useEffect(() => {
    if (waiting === null) return
    let isOver = false
    const ask = async () => {
      const response = await fetch(consentPath(waiting), { redirect: 'manual' }).catch(() => null)
      if (isOver || !response) return
      // Asked again all the same: whoever signs in again learns of it.
      setUnknown(unknownBy(response))
      if (!response.ok) return
      const consent = (await response.json()) as ConsentView
      if (isOver || consent.state === 'pending') return
      isOver = true
      setConnecting({ phase: 'ended', consent })
      ended.current?.(consent)
    }
    const channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = ({ data }) => {
      if (data?.consent === waiting) void ask()
    }
    const timer = setInterval(() => void ask(), POLL_MS)
    return () => {
      isOver = true
      setUnknown(null)
      clearInterval(timer)
      channel.close()
    }
  }, [waiting])

  return {
    connecting,
    start: () => run(),
    pending,
    problem: problem ?? cancelling.problem ?? unknown,
    /** Opens the provider's page once more. */
    reopen: () => {
      if (connecting.phase === 'waiting') openPopup(connecting.begun.url)
    },
    cancel: () => {
      if (connecting.phase === 'waiting') cancelling.run(connecting.begun.id)
    },
    /** Puts away what is shown of the end. */
    reset: () => setConnecting({ phase: 'idle' }),
    passwordDialog,
  }
}

function openPopup(url: string): Window | null {
  const left = Math.round(window.screenX + (window.outerWidth - POPUP.width) / 2)
  const top = Math.round(window.screenY + (window.outerHeight - POPUP.height) / 2)
  return window.open(url, '_blank', `popup,width=${POPUP.width},height=${POPUP.height},left=${left},top=${top}`)
}
