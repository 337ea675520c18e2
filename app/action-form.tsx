'use client'

import { type ReactNode, startTransition, useActionState, useEffect, useRef } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { emptyForm, type FormState } from './form-state'

/**
 * A form for a server action. What was typed stays when the server refuses it; the first field with an error gets the
 * focus. Works before its script has loaded, too.
 */
export function ActionForm({
  action,
  submit,
  wide = false,
  clearWhenDone = false,
  className,
  children,
}: {
  action: (state: FormState, data: FormData) => Promise<FormState>
  /** The verb on the button. */
  submit: string
  /** The button is the page's primary action and takes the whole width. */
  wide?: boolean
  /** For passwords: what was typed goes when it was accepted. */
  clearWhenDone?: boolean
  className?: string
  children: (state: FormState) => ReactNode
}) {
  const [state, dispatch, pending] = useActionState(action, emptyForm)
  const form = useRef<HTMLFormElement>(null)

  useEffect(() => {
    if (state.done && clearWhenDone) form.current?.reset()
    form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [state, clearWhenDone])

  return (
    <form
      ref={form}
      action={dispatch}
      noValidate
      className={cn('grid gap-4', className)}
      onSubmit={(event) => {
        // React empties a form that it submits by itself.
        event.preventDefault()
        const data = new FormData(event.currentTarget)
        if (!pending) startTransition(() => dispatch(data))
      }}
    >
      {state.message ? (
        <Banner tone="error" role="alert">
          {state.message}
        </Banner>
      ) : null}
      {children(state)}
      <div role="status" className="empty:hidden">
        {state.done ? <Banner tone="success">{state.done}</Banner> : null}
      </div>
      <div className={cn('grid', wide ? 'mt-1' : 'justify-start')}>
        <Button type="submit" variant={wide ? 'primary' : 'secondary'} size={wide ? 'lg' : 'md'} pending={pending}>
          {submit}
        </Button>
      </div>
    </form>
  )
}
