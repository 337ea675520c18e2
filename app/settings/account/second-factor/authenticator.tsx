'use client'

import { useRef, useState } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { RelativeTime } from '@/components/ui/relative-time'
import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../../confirm-dialog'
import { useCalls } from '../../data/use-calls'
import { useFocusOnFirstError } from '../../data/use-focus-on-first-error'
import {
  confirmAuthenticatorAction,
  removeAuthenticatorAction,
  type ShownAuthenticator,
  startAuthenticatorAction,
} from './actions'

/** The authenticator app of a person, and the way to one. */
export function Authenticator({
  since,
  onCodes,
}: {
  /** ISO 8601; null: there is none. */
  since: string | null
  onCodes: (codes: string[]) => void
}) {
  const [shown, setShown] = useState<ShownAuthenticator | null>(null)
  const [asks, setAsks] = useState(false)
  const start = useCalls()
  const remove = useCalls()

  async function begin() {
    const begun = await start.run(startAuthenticatorAction)
    if (begun) setShown(begun.value)
  }
  async function end() {
    if (!(await remove.run(removeAuthenticatorAction))) return
    setAsks(false)
    toast('Your authenticator app is removed')
  }
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <h3 className="font-medium">Authenticator app</h3>
          <p className="text-muted-foreground text-sm">
            {since === null ? (
              'An app on your phone that shows a new code every 30 seconds.'
            ) : (
              <>
                Added <RelativeTime value={since} />.
              </>
            )}
          </p>
        </div>
        {since === null ? (
          <Button pending={start.pending} onClick={() => void begin()}>
            Set up app
          </Button>
        ) : (
          <Button
            variant="danger"
            onClick={() => {
              remove.clear()
              setAsks(true)
            }}
          >
            Remove app
          </Button>
        )}
      </div>
      {start.refusal ? (
        <Banner tone="error" role="alert">
          {start.refusal.message}
        </Banner>
      ) : null}
      {start.passwordDialog}
      {shown ? (
        <SetUp
          shown={shown}
          onClose={() => setShown(null)}
          onAdded={(codes) => {
            setShown(null)
            toast('Your authenticator app is added')
            if (codes) onCodes(codes)
          }}
        />
      ) : null}
      <ConfirmDialog
        open={asks}
        title="Remove your authenticator app?"
        description="Its codes stop working at once. Without another second factor, your password alone signs you in; where an account asks for one, you are asked to set it up again."
        problem={remove.refusal}
        verb="Remove app"
        pending={remove.pending}
        onConfirm={() => void end()}
        onClose={() => setAsks(false)}
      />
      {remove.passwordDialog}
    </div>
  )
}

function SetUp({
  shown: { secret, picture },
  onClose,
  onAdded,
}: {
  shown: ShownAuthenticator
  onClose: () => void
  onAdded: (codes: string[] | null) => void
}) {
  const { run, pending, refusal, passwordDialog } = useCalls()
  const form = useRef<HTMLFormElement>(null)
  useFocusOnFirstError(form, refusal)
  const wrong = refusal?.fields[0]?.message

  async function confirm(code: string) {
    const added = await run(() => confirmAuthenticatorAction(code))
    if (added) onAdded(added.value)
  }
  return (
    <Dialog open busy={pending} onOpenChange={(next) => next || onClose()}>
      <DialogContent pressOutsideCloses={false}>
        <form
          ref={form}
          noValidate
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            void confirm(String(new FormData(event.currentTarget).get('code')))
          }}
        >
          <DialogHeader>
            <DialogTitle>Set up your authenticator app</DialogTitle>
            <DialogDescription>
              Scan the picture with the app, or type the key into it. Then enter the code that it shows.
            </DialogDescription>
          </DialogHeader>
          {refusal && !wrong ? (
            <Banner tone="error" role="alert">
              {refusal.message}
            </Banner>
          ) : null}
          <svg
            role="img"
            aria-label="QR code for the authenticator app"
            viewBox={`0 0 ${picture.size} ${picture.size}`}
            shapeRendering="crispEdges"
            className="mx-auto w-full max-w-52 rounded border border-border"
          >
            <rect width={picture.size} height={picture.size} fill="#fff" />
            <path d={picture.path} fill="#000" />
          </svg>
          <div className="flex flex-wrap items-stretch gap-2">
            <output
              aria-label="Key"
              className="min-w-0 flex-1 basis-56 rounded border border-input bg-background px-2.5 py-1.5 font-mono text-sm [overflow-wrap:anywhere]"
            >
              {secret.replace(/.{4}(?=.)/g, '$& ')}
            </output>
            <CopyButton value={secret}>Copy key</CopyButton>
          </div>
          <Field label="Code" error={wrong} required>
            <Input
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={9}
              autoFocus
              className="font-mono"
            />
          </Field>
          <DialogFooter>
            <DialogClose>Cancel</DialogClose>
            <Button type="submit" variant="primary" pending={pending}>
              Add app
            </Button>
          </DialogFooter>
        </form>
        {passwordDialog}
      </DialogContent>
    </Dialog>
  )
}
