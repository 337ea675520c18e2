'use client'

import { type ReactNode, useId } from 'react'
import { cn } from './cn'
import { FieldContext } from './field-context'
import { ErrorMark } from './icons'
import { Label } from './label'

/**
 * A control with its label, an optional hint, and the error the server gave it. `Input`, `Textarea`, `Select`,
 * `PasswordInput` inside pick up id, aria-describedby and aria-invalid by themselves. The error is announced when it appears.
 */
export function Field({
  label,
  hint,
  error,
  required = false,
  optional = false,
  id: givenId,
  className,
  children,
}: {
  label: ReactNode
  hint?: ReactNode
  error?: ReactNode
  /** Sets `required` on the control. */
  required?: boolean
  /** Shows "optional" beside the label. */
  optional?: boolean
  id?: string
  className?: string
  children: ReactNode
}) {
  const ownId = useId()
  const id = givenId ?? ownId
  const hintId = hint ? `${id}-hint` : undefined
  const errorId = error ? `${id}-error` : undefined
  const describedBy = [errorId, hintId].filter(Boolean).join(' ') || undefined
  return (
    <FieldContext value={{ id, describedBy, invalid: Boolean(error), required }}>
      <div className={cn('min-w-0', className)}>
        <Label htmlFor={id} className="mb-1.5">
          {label}
          {optional ? <span className="font-normal text-muted-foreground"> (optional)</span> : null}
        </Label>
        {children}
        <FieldError id={errorId}>{error}</FieldError>
        {hint ? (
          <p id={hintId} className="mt-1.5 text-muted-foreground text-xs">
            {hint}
          </p>
        ) : null}
      </div>
    </FieldContext>
  )
}

/** A group of controls under one name (radio buttons, scopes), with hint and error wired to the group. */
export function FieldGroup({
  label,
  hint,
  error,
  className,
  children,
}: {
  label: ReactNode
  hint?: ReactNode
  error?: ReactNode
  className?: string
  children: ReactNode
}) {
  const id = useId()
  const describedBy = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined
  return (
    <fieldset className={cn('min-w-0', className)} aria-describedby={describedBy} tabIndex={-1}>
      <legend className="mb-1.5 font-medium text-foreground text-sm">{label}</legend>
      {hint ? (
        <p id={`${id}-hint`} className="-mt-1 mb-2 text-muted-foreground text-xs">
          {hint}
        </p>
      ) : null}
      <div className="grid gap-2">{children}</div>
      <FieldError id={`${id}-error`}>{error}</FieldError>
    </fieldset>
  )
}

/** The words of an error at its field. The live region stands empty beforehand, so that what arrives is announced. */
function FieldError({ id, children }: { id: string | undefined; children: ReactNode }) {
  return (
    <div aria-live="polite">
      {children ? (
        <p id={id} className="mt-1.5 flex items-start gap-1.5 text-destructive text-xs">
          <ErrorMark className="mt-px size-3.5 shrink-0" />
          <span>{children}</span>
        </p>
      ) : null}
    </div>
  )
}
