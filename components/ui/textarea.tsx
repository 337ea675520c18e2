'use client'

import type { ComponentProps } from 'react'
import { cn } from './cn'
import { useFieldProps } from './field'
import { controlClass } from './input'

/** A text control of several lines that grows with what is typed. Inside a Field it is wired by itself. */
export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return (
    <textarea
      rows={3}
      {...props}
      {...useFieldProps(props)}
      className={cn(controlClass, 'field-sizing-content max-h-64 min-h-16 resize-y px-2.5 py-1.5', className)}
    />
  )
}
