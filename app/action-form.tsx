'use client'

import { unstable_rethrow } from 'next/navigation'
import { type ReactNode, useActionState, useEffect, useRef, useState, useTransition } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { emptyForm, type FormState } from './form-state'
import { noAnswer } from './no-answer'
import { ProblemBanner } from './settings/data/problem-banner'

const LOST =
  'No answer came from the server, so it is not known whether it got this. Check your connection, then try again.'

/**
 * A form for a server action. What was typed stays when the server refuses it; the first field with an error gets the
 * focus. When no answer comes, what was typed stays as well. Works before its script has loaded, too.
 */
export function ActionForm({
  action,
  submit,
  wide = false,
  clearWhenDone = false,
  leave,
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
  /** Loads another page once the work is done: until that is there, nothing can be sent off again. */
  leave?: () => void
  className?: string
  children: (state: FormState) => ReactNode
}) {
  // What a page without its script sent off, which the server answers with the page that shows this.
  const [first, dispatch] = useActionState(action, emptyForm)
  const [state, setState] = useState(first)
  const [pending, startTransition] = useTransition()
  const form = useRef<HTMLFormElement>(null)
  const { message, code } = state
  const isLeaving = leave !== undefined && state.done !== undefined
  const isBusy = pending || isLeaving

  useEffect(() => {
    if (state.done && clearWhenDone) form.current?.reset()
    form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [state, clearWhenDone])
  useEffect(() => {
    if (isLeaving) leave()
  }, [isLeaving, leave])

  function send(data: FormData) {
    startTransition(async () => {
      try {
        setState(await action(state, data))
      } catch (error) {
        unstable_rethrow(error)
        const { message, code } = noAnswer(error, LOST)
        setState({ ...emptyForm, message, code })
      }
    })
  }
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
        if (!isBusy) send(data)
      }}
    >
      <ProblemBanner problem={message === undefined ? null : { code, message }} />
      {children(state)}
      <div role="status" className="empty:hidden">
        {state.done ? <Banner tone="success">{state.done}</Banner> : null}
      </div>
      <div className={cn('grid', wide ? 'mt-1' : 'justify-start')}>
        <Button type="submit" variant={wide ? 'primary' : 'secondary'} size={wide ? 'lg' : 'md'} pending={isBusy}>
          {submit}
        </Button>
      </div>
    </form>
  )
}
