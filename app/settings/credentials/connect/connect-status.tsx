'use client'

import type { RefObject } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import type { ConsentView } from '@/lib/credentials'
import { useRecoveredFocus } from '../../data/use-recovered-focus'
import type { useConnect } from './use-connect'
import { endWords } from './words'

/**
 * What is known of a consent: that it is waited for, or how it ended.
 * @param button the one that connects: gets the focus once the consent is called off
 * @param onDecide asks which account it shall be, where another one has come back
 */
export function ConnectStatus({
  connect,
  button,
  onDecide,
}: {
  connect: ReturnType<typeof useConnect>
  button: RefObject<HTMLButtonElement | null>
  onDecide?: (() => void) | undefined
}) {
  const { connecting, reopen, cancel } = connect
  const lostFocus = useRecoveredFocus(button)
  if (connecting.phase === 'idle') return null
  if (connecting.phase === 'ended') return <EndBanner consent={connecting.consent} onDecide={onDecide} />
  return (
    <Banner
      role="status"
      title={`Waiting for ${new URL(connecting.begun.url).host}`}
      action={
        <>
          <Button size="sm" onClick={reopen}>
            Open it again
          </Button>
          <Button
            size="sm"
            variant="ghost"
            onClick={() => {
              lostFocus()
              cancel()
            }}
          >
            Call it off
          </Button>
        </>
      }
    >
      Go on in the window that has opened. If you have closed it, nothing was changed: open it again, or call it off.
    </Banner>
  )
}

/** How a consent ended. */
export function EndBanner({
  consent,
  onDecide,
}: {
  consent: Pick<ConsentView, 'state' | 'detail' | 'accounts'>
  onDecide?: (() => void) | undefined
}) {
  const words = endWords(consent)
  if (!words) return null
  return (
    <Banner
      tone={words.tone}
      title={words.title}
      role={words.tone === 'error' ? 'alert' : 'status'}
      action={
        consent.state === 'other_account' && onDecide ? (
          <Button size="sm" aria-haspopup="dialog" onClick={onDecide}>
            Decide
          </Button>
        ) : null
      }
    >
      {words.text}
    </Banner>
  )
}
