'use client'

import type { ComponentProps } from 'react'
import { cn } from './cn'
import { useFieldProps } from './field-context'

/** The look that text controls share. 16 px on touch screens, where smaller text makes iOS zoom into the field. */
export const controlClass =
  'w-full min-w-0 rounded border border-input bg-card text-foreground text-sm transition-[border-color] duration-100 placeholder:text-muted-foreground hover:border-muted-foreground focus-visible:border-ring focus-visible:-outline-offset-1 disabled:cursor-not-allowed disabled:bg-muted disabled:text-muted-foreground [&[readonly]]:bg-muted aria-invalid:border-destructive pointer-coarse:text-lg'

/** A one-line text control. `mono` for tokens, ids, URLs and header names. Inside a Field it is wired by itself. */
export function Input({ className, mono = false, autoFocus, ...props }: ComponentProps<'input'> & { mono?: boolean }) {
  return (
    <input
      data-autofocus={autoFocus || undefined}
      {...(mono ? { spellCheck: false, autoCapitalize: 'off', autoCorrect: 'off' } : null)}
      {...props}
      {...useFieldProps(props)}
      className={cn(controlClass, 'h-8 px-2.5 pointer-coarse:h-10', mono && 'font-mono', className)}
    />
  )
}
