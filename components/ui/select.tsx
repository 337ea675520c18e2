'use client'

import type { ComponentProps } from 'react'
import { cn } from './cn'
import { useFieldProps } from './field-context'
import { controlClass } from './input'

/** The platform's own select, in our look. Children are `<option>`s. Inside a Field it is wired by itself. */
export function Select({ className, ...props }: ComponentProps<'select'>) {
  return (
    <span className={cn('relative block', className)}>
      <select
        {...props}
        {...useFieldProps(props)}
        className={cn(controlClass, 'h-8 appearance-none pr-8 pl-2.5 pointer-coarse:h-10')}
      />
      <svg
        viewBox="0 0 16 16"
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2.5 size-3.5 -translate-y-1/2 text-muted-foreground"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d="m4.5 6.25 3.5 3.5 3.5-3.5" />
      </svg>
    </span>
  )
}
