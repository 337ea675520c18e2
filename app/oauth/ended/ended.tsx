'use client'

import { useEffect } from 'react'
import { CHANNEL } from '@/app/settings/credentials/connect/paths'
import type { EndWords } from '@/app/settings/credentials/connect/words'
import { MessagePage } from '@/components/shell/message-page'
import { buttonVariants } from '@/components/ui/button'

/** Tells the page that waits, and closes. Where nobody waits, or it may not close itself, it says how it ended. */
export function Ended({
  consent,
  words,
  href,
  link,
}: {
  /** Null: a callback that was none, which nobody waits for. */
  consent: string | null
  words: EndWords
  href: string
  link: string
}) {
  useEffect(() => {
    if (consent === null) return
    // Heard by our own pages only. It says no more than which consent has ended.
    const channel = new BroadcastChannel(CHANNEL)
    channel.postMessage({ consent })
    channel.close()
    window.close()
  }, [consent])
  return (
    <MessagePage
      title={words.title}
      role={words.tone === 'error' ? 'alert' : undefined}
      actions={
        <a href={href} className={buttonVariants({ variant: 'primary' })}>
          {link}
        </a>
      }
    >
      <p>{words.text}</p>
      {consent ? <p>You can close this window.</p> : null}
    </MessagePage>
  )
}
