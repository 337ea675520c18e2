'use client'

import { type ReactNode, useEffect, useRef } from 'react'
import { absoluteDay } from '@/components/time'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { SecretInput } from '@/components/ui/secret-input'
import { NO_SECRET } from './input'
import type { FormState } from './use-credential-form'

/** A secret: its control, or when it was set and the button that replaces it. What is stored never comes here. */
export function SecretField({
  state,
  field,
  name = field,
  label,
  hint,
  optional = false,
  masked,
  placeholder,
}: {
  state: FormState
  /** Its key in the form. */
  field: string
  /** Its name in what is sent. */
  name?: string
  label: string
  hint?: ReactNode
  optional?: boolean
  masked?: boolean
  placeholder?: string
}) {
  const { text, replace } = state.values.secret[field] ?? NO_SECRET
  const setAt = name === '' ? undefined : state.setAt(name)
  const mustReplace = state.mustReplace(name)
  const input = useRef<HTMLInputElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const moveFocus = useRef(false)
  const error = name === '' ? undefined : state.errorOf(`secret.${name}`)
  // What the server wants to be entered again can't be kept.
  const isOpen = setAt === undefined || replace || mustReplace || text !== '' || error !== undefined
  useEffect(() => {
    if (!moveFocus.current) return
    moveFocus.current = false
    ;(isOpen ? input.current : button.current)?.focus()
  }, [isOpen])
  const toggle = (open: boolean) => {
    moveFocus.current = true
    state.setSecret(field, { replace: open, text: '' })
  }

  if (!isOpen) {
    return (
      <fieldset className="min-w-0">
        <legend className="mb-1.5 font-medium text-sm">{label}</legend>
        <div className="flex flex-wrap items-center justify-between gap-2 rounded border border-border bg-background py-1 pr-1 pl-2.5">
          <span className="text-muted-foreground text-sm">
            Set on{' '}
            <time dateTime={setAt} suppressHydrationWarning>
              {absoluteDay(new Date(setAt))}
            </time>
          </span>
          <Button ref={button} size="sm" aria-label={`Replace ${label.toLowerCase()}`} onClick={() => toggle(true)}>
            Replace
          </Button>
        </div>
      </fieldset>
    )
  }
  return (
    <div className="grid gap-1.5">
      <Field label={label} hint={hint} required={!optional} optional={optional} error={error}>
        <SecretInput
          ref={input}
          name={label.toLowerCase()}
          data-field={`secret.${name}`}
          value={text}
          masked={masked}
          placeholder={placeholder}
          onValueChange={(value) => state.setSecret(field, { text: value })}
        />
      </Field>
      {setAt !== undefined && !mustReplace && (replace || error === undefined) ? (
        <Button size="sm" variant="ghost" className="justify-self-start" onClick={() => toggle(false)}>
          Keep the stored one
        </Button>
      ) : null}
    </div>
  )
}
