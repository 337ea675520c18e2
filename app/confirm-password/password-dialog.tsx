'use client'

import { useEffect, useRef, useState, useTransition } from 'react'
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
import { PasswordInput } from '@/components/ui/password-input'
import { PasskeyButton } from '../sign-in/passkey-button'
import { askToConfirmByPasskey, confirmPasskey, confirmPassword, mayConfirmByPasskey } from './action'

/** An error thrown in a transition would take the page away, and with it all that was typed. */
const NO_ANSWER = {
  ok: false,
  code: 'lost',
  message: 'No answer came from the server, and nothing was changed. Check your connection, then continue.',
  fields: [],
} as const

/** Asks for the password or a passkey, see `useConfirmedPassword`, which loads it when it is first wanted. */
export function PasswordDialog({ open, onClose }: { open: boolean; onClose: (confirmed: boolean) => void }) {
  const [refusal, setRefusal] = useState<{ message: string; fields: readonly { message: string }[] }>()
  const [pending, startTransition] = useTransition()
  const [hasPasskey, setHasPasskey] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (!open) return
    let isCurrent = true
    mayConfirmByPasskey()
      .then((answer) => isCurrent && setHasPasskey(answer.ok && answer.value))
      // The password is asked for all the same.
      .catch(() => undefined)
    return () => {
      isCurrent = false
    }
  }, [open])

  function close(confirmed: boolean) {
    setRefusal(undefined)
    onClose(confirmed)
  }
  function submit(data: FormData) {
    startTransition(async () => {
      const answer = await confirmPassword(String(data.get('password'))).catch(() => NO_ANSWER)
      // Whoever is not signed in any more is told so by the action itself, with the way back in.
      if (answer.ok || answer.code === 'not_signed_in') return close(true)
      setRefusal(answer)
      input.current?.focus()
      input.current?.select()
    })
  }
  const wrong = refusal?.fields[0]?.message
  return (
    <Dialog open={open} onOpenChange={(next) => next || close(false)}>
      <DialogContent size="sm" pressOutsideCloses={false}>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            // Events of a portal bubble to the React parent, which may be a form too.
            event.stopPropagation()
            if (!pending) submit(new FormData(event.currentTarget))
          }}
          className="grid gap-4"
        >
          <DialogHeader>
            <DialogTitle>Confirm it is you</DialogTitle>
            <DialogDescription>
              You last showed that it is you over an hour ago. This step needs it again.
            </DialogDescription>
          </DialogHeader>
          {refusal && !wrong ? (
            <Banner tone="error" role="alert">
              {refusal.message}
            </Banner>
          ) : null}
          <Field label="Password" error={wrong} required>
            <PasswordInput ref={input} name="password" autoComplete="current-password" autoFocus />
          </Field>
          <DialogFooter>
            <DialogClose>Cancel</DialogClose>
            <Button type="submit" variant="primary" pending={pending}>
              Continue
            </Button>
          </DialogFooter>
        </form>
        {hasPasskey ? (
          <PasskeyButton
            label="Use a passkey instead"
            ask={askToConfirmByPasskey}
            give={confirmPasskey}
            onDone={() => close(true)}
          />
        ) : null}
      </DialogContent>
    </Dialog>
  )
}
