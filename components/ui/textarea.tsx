'use client'

import type { ComponentProps } from 'react'
import { useFieldProps } from './field-context'
import { controlClass } from './input'

/** A control for several lines of code. Inside a Field it is wired by itself. */
export function Textarea(props: Omit<ComponentProps<'textarea'>, 'className'>) {
  return (
    <textarea
      rows={6}
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      {...props}
      {...useFieldProps(props)}
      className={`${controlClass} block px-2.5 py-1.5 font-mono text-xs leading-5`}
    />
  )
}
