'use client'

import { type ReactNode, useRef, useState } from 'react'
import type { PasswordDialog } from './password-dialog'

/** Few sessions are so old that it is asked for. Not by React's `lazy`: where it can't be loaded, the page would be lost. */
const load = () => import('./password-dialog')

interface Answer {
  ok: boolean
  code?: string
}

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
  const [Dialog, setDialog] = useState<typeof PasswordDialog>()
  const settle = useRef<(confirmed: boolean) => void>(undefined)

  async function ask(): Promise<boolean> {
    // Where it can't be loaded, the refusal stands: an error in a transition would take the page away.
    const loaded = await load().catch(() => null)
    if (!loaded) return false
    setDialog(() => loaded.PasswordDialog)
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
    // Beside the action: the dialog then opens as soon as the server asks for it.
    load().catch(() => undefined)
    const answer = await action()
    if (answer.ok || answer.code !== 'password_required') return answer
    return (await ask()) ? action() : answer
  }
  return { withPassword, passwordDialog: Dialog ? <Dialog open={open} onClose={close} /> : null }
}
