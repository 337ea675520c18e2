'use client'

import { type ReactNode, useEffect, useRef, useState, useTransition } from 'react'
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

interface Answer {
  ok: boolean
  code?: string
}

/** An error thrown in a transition would take the page away, and with it all that was typed. */
const NO_ANSWER = {
  ok: false,
  code: 'lost',
  message: 'No answer came from the server, and nothing was changed. Check your connection, then continue.',
  fields: [],
} as const

/**
 * For what may ask for the password again. `withPassword(action)` calls the action; when it answers with the code
 * `password_required`, it opens the dialog, and once the password was right it calls the action again. The answer is the
 * action's last one: `password_required` only when the person closed the dialog instead, who needs to be told nothing.
 *
 *     const { withPassword, passwordDialog } = useConfirmedPassword()
 *     const answer = await withPassword(() => revokeKey(id))   // revokeKey throws by requireActor(…, { recentPassword: true })
 *     return <>… {passwordDialog}</>
 *
 * May be used inside another dialog: this one opens on top of it.
 */
export function useConfirmedPassword(): {
  withPassword: <T extends Answer>(action: () => Promise<T>) => Promise<T>
  passwordDialog: ReactNode
} {
  const [open, setOpen] = useState(false)
  const settle = useRef<(confirmed: boolean) => void>(undefined)

  function ask(): Promise<boolean> {
    setOpen(true)
    return new Promise((resolve) => {
      settle.current = resolve
    })
  }
  function close(confirmed: boolean) {
    setOpen(false)
    settle.current?.(confirmed)
  }
  async function withPassword<T extends Answer>(action: () => Promise<T>): Promise<T> {
    const answer = await action()
    if (answer.ok || answer.code !== 'password_required') return answer
    return (await ask()) ? action() : answer
  }
  return { withPassword, passwordDialog: <PasswordDialog open={open} onClose={close} /> }
}

function PasswordDialog({ open, onClose }: { open: boolean; onClose: (confirmed: boolean) => void }) {
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
