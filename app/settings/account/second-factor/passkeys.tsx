'use client'

import { useRef, useState } from 'react'
import { makePasskey } from '@/app/passkey'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
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
import { useRecoveredFocus } from '../../data/use-recovered-focus'
import { addPasskeyAction, removePasskeyAction, startPasskeyAction } from './actions'

/** A passkey as the page shows it; points in time are ISO 8601. */
export interface ShownPasskey {
  id: string
  name: string
  createdAt: string
  lastUsedAt: string | null
  /** Where it is kept. */
  kept: string
}

/** The passkeys of a person, and the way to another. */
export function Passkeys({
  passkeys,
  available,
  onCodes,
}: {
  passkeys: ShownPasskey[]
  /** Whether browsers have passkeys at Fenicia's address. */
  available: boolean
  onCodes: (codes: string[]) => void
}) {
  const [adds, setAdds] = useState(false)
  const part = useRef<HTMLElement>(null)
  const lostFocus = useRecoveredFocus(part)
  return (
    <section ref={part} tabIndex={-1} aria-label="Passkeys" className="grid gap-3 outline-none">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <h3 className="font-medium">Passkeys</h3>
          <p className="max-w-prose text-muted-foreground text-sm">
            {available
              ? 'Sign in with a finger, your face, a PIN or a security key, without a password.'
              : 'They need https and an address with a name, which this Fenicia does not have.'}
          </p>
        </div>
        {available ? <Button onClick={() => setAdds(true)}>Add passkey</Button> : null}
      </div>
      {passkeys.length > 0 ? (
        <ul className="divide-y divide-border border-border border-t">
          {passkeys.map((passkey) => (
            <Passkey key={passkey.id} {...passkey} onRemoved={lostFocus} />
          ))}
        </ul>
      ) : null}
      {adds ? (
        <AddPasskey
          onClose={() => setAdds(false)}
          onAdded={(codes) => {
            setAdds(false)
            toast('Your passkey is added')
            if (codes) onCodes(codes)
          }}
        />
      ) : null}
    </section>
  )
}

function Passkey({ id, name, createdAt, lastUsedAt, kept, onRemoved }: ShownPasskey & { onRemoved: () => void }) {
  const [asks, setAsks] = useState(false)
  const { run, pending, refusal, clear, passwordDialog } = useCalls()

  async function remove() {
    if (!(await run(() => removePasskeyAction(id)))) return
    setAsks(false)
    onRemoved()
    toast('Your passkey is removed')
  }
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 py-2.5">
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <bdi className="font-medium">{name}</bdi>
        <p className="text-muted-foreground text-sm">
          {kept} Added <RelativeTime value={createdAt} />,{' '}
          {lastUsedAt ? (
            <>
              last used <RelativeTime value={lastUsedAt} />
            </>
          ) : (
            'never used'
          )}
          .
        </p>
      </div>
      <Button
        size="sm"
        variant="danger"
        aria-label={`Remove the passkey ${name}`}
        onClick={() => {
          clear()
          setAsks(true)
        }}
      >
        Remove
      </Button>
      <ConfirmDialog
        open={asks}
        title={
          <>
            Remove the passkey <bdi>{name}</bdi>?
          </>
        }
        description="It no longer signs you in. Your device keeps it until you delete it there, too."
        problem={refusal}
        verb="Remove passkey"
        pending={pending}
        onConfirm={() => void remove()}
        onClose={() => setAsks(false)}
      />
      {passwordDialog}
    </li>
  )
}

function AddPasskey({ onClose, onAdded }: { onClose: () => void; onAdded: (codes: string[] | null) => void }) {
  const { run, pending, refusal, refuse, passwordDialog } = useCalls()
  const [asking, setAsking] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useFocusOnFirstError(form, refusal)
  const wrong = refusal?.fields.find(({ field }) => field === 'name')?.message

  async function add(name: string) {
    const begun = await run(startPasskeyAction)
    if (!begun) return
    setAsking(true)
    const { answer, problem } = await makePasskey(begun.value)
    setAsking(false)
    if (problem !== undefined) return refuse(problem)
    const added = await run(() => addPasskeyAction({ name, answer }))
    if (added) onAdded(added.value)
  }
  return (
    <Dialog open busy={pending || asking} onOpenChange={(next) => next || onClose()}>
      <DialogContent size="sm" pressOutsideCloses={false}>
        <form
          ref={form}
          noValidate
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            const name = String(new FormData(event.currentTarget).get('name')).trim()
            if (name !== '') void add(name)
            else refuse('Give the passkey a name first.', 'name')
          }}
        >
          <DialogHeader>
            <DialogTitle>Add a passkey</DialogTitle>
            <DialogDescription>Your browser asks next where to keep it, and who you are.</DialogDescription>
          </DialogHeader>
          {refusal && !wrong ? (
            <Banner tone="error" role="alert">
              {refusal.message}
            </Banner>
          ) : null}
          <Field label="Name" hint="Such as the device that it is on." error={wrong} required>
            <Input name="name" autoComplete="off" maxLength={60} placeholder="Work laptop" autoFocus />
          </Field>
          <DialogFooter>
            <DialogClose>Cancel</DialogClose>
            <Button type="submit" variant="primary" pending={pending || asking}>
              Add passkey
            </Button>
          </DialogFooter>
        </form>
        {passwordDialog}
      </DialogContent>
    </Dialog>
  )
}
