'use client'

import { Eye, EyeOff } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { CopyButton } from '@/components/ui/copy-button'
import { DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs'
import { useWarningBeforeLeaving } from '../../data/use-warning-before-leaving'
import type { IssuedToken } from '../actions'
import { maskToken, requestSnippets } from './snippets'

/**
 * The token of a key that was just made, the only time that it can be seen. It lives in this dialog's state alone and
 * goes with it; leaving the page is asked about first.
 * @param onClose the person has stored it, or is leaving the page
 */
export function IssuedTokenPanel({
  title,
  issued: { token, origin },
  note,
  onClose,
}: {
  title: string
  issued: IssuedToken
  /** What becomes of a token that this one replaces. */
  note?: React.ReactNode
  onClose: () => void
}) {
  const [shown, setShown] = useState(false)
  const [stored, setStored] = useState(false)
  const [reminded, setReminded] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const tick = useRef<HTMLInputElement>(null)
  useEffect(() => heading.current?.focus(), [])
  // The token would be lost for good.
  useWarningBeforeLeaving(!stored, 'The token is shown this once, and you have not stored it yet. Leave all the same?')
  useEffect(() => {
    // A page that the browser keeps for the Back button must not keep the token.
    addEventListener('pagehide', onClose)
    return () => removeEventListener('pagehide', onClose)
  }, [onClose])
  const visible = shown ? token : maskToken(token)

  return (
    <div className="grid gap-5">
      <DialogHeader>
        <DialogTitle ref={heading} tabIndex={-1} className="outline-none">
          {title}
        </DialogTitle>
        <DialogDescription>
          Copy the token now and store it where the app reads it, such as a secret manager. It is shown only this once.
        </DialogDescription>
      </DialogHeader>
      {note}
      <div className="grid gap-2">
        <div className="flex flex-wrap items-stretch gap-2">
          <output
            aria-label="Token"
            className="min-w-0 flex-1 basis-72 rounded border border-input bg-background px-2.5 py-1.5 font-mono text-sm [overflow-wrap:anywhere]"
          >
            {visible}
          </output>
          <div className="flex gap-2">
            <Button aria-pressed={shown} onClick={() => setShown(!shown)}>
              {shown ? <EyeOff aria-hidden="true" /> : <Eye aria-hidden="true" />}
              {shown ? 'Hide' : 'Show'}
            </Button>
            <CopyButton value={token} variant="primary">
              Copy token
            </CopyButton>
          </div>
        </div>
      </div>
      <TryIt origin={origin} token={token} visible={visible} />
      <div className="grid gap-2 border-border border-t pt-4">
        <Checkbox
          ref={tick}
          label="I have stored this key"
          hint="Once this is closed, nobody can show the token again, not even Fenicia."
          checked={stored}
          aria-invalid={(reminded && !stored) || undefined}
          onChange={(event) => setStored(event.currentTarget.checked)}
        />
        <div aria-live="polite">
          {reminded && !stored ? (
            <Banner tone="warning">
              Store the token first, then tick the box. If it gets lost, regenerate the key.
            </Banner>
          ) : null}
        </div>
      </div>
      <DialogFooter className="mt-0">
        <Button
          variant={stored ? 'primary' : 'secondary'}
          onClick={() => {
            if (stored) return onClose()
            setReminded(true)
            tick.current?.focus()
          }}
        >
          Done
        </Button>
      </DialogFooter>
    </div>
  )
}

function TryIt({ origin, token, visible }: { origin: string; token: string; visible: string }) {
  const whole = requestSnippets(origin, token)
  const asShown = requestSnippets(origin, visible)
  return (
    <section className="grid gap-2" aria-label="Try it">
      <h3 className="font-medium text-sm">Try it</h3>
      <Tabs defaultValue="curl">
        <TabsList aria-label="Language">
          {whole.map(({ id, name }) => (
            <TabsTrigger key={id} value={id}>
              {name}
            </TabsTrigger>
          ))}
        </TabsList>
        {whole.map(({ id, name, hint, code }, index) => (
          <TabsContent key={id} value={id}>
            <figure className="rounded border border-border bg-background" aria-label={`${name} request`}>
              <figcaption className="flex items-center justify-between gap-2 border-border border-b py-1 pr-1 pl-3 text-muted-foreground text-xs">
                {hint}
                <CopyButton value={code} label={`Copy ${name} request`} />
              </figcaption>
              <pre className="whitespace-pre-wrap px-3 py-2.5 font-mono text-xs leading-5 [overflow-wrap:anywhere]">
                <code>{asShown[index]?.code}</code>
              </pre>
            </figure>
          </TabsContent>
        ))}
      </Tabs>
      <p className="text-muted-foreground text-xs">It answers what the key is. A copy has the whole token in it.</p>
    </section>
  )
}
