'use client'

import { type ComponentProps, type ReactNode, useEffect, useId, useRef } from 'react'
import { cn } from './cn'

/**
 * A checkbox, with its label when `label` is given (otherwise name it with aria-label). `indeterminate` shows a dash.
 * The box is 16 px, what can be pressed is 24 px or more.
 */
export function Checkbox({
  label,
  hint,
  indeterminate = false,
  className,
  id: givenId,
  ...props
}: Omit<ComponentProps<'input'>, 'type'> & { label?: ReactNode; hint?: ReactNode; indeterminate?: boolean }) {
  const ref = useRef<HTMLInputElement>(null)
  const ownId = useId()
  const id = givenId ?? ownId
  useEffect(() => {
    if (ref.current) ref.current.indeterminate = indeterminate
  }, [indeterminate])
  const box = (
    <span className="relative inline-flex size-4 shrink-0">
      <input
        ref={ref}
        type="checkbox"
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        {...props}
        className="peer size-4 shrink-0 appearance-none rounded-[4px] border border-input bg-card transition-colors duration-100 before:absolute before:-inset-1.5 before:content-[''] checked:border-primary checked:bg-primary indeterminate:border-primary indeterminate:bg-primary disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-destructive"
      />
      <svg
        viewBox="0 0 16 16"
        aria-hidden="true"
        className="pointer-events-none absolute inset-0 size-4 text-primary-foreground opacity-0 peer-checked:opacity-100 peer-indeterminate:hidden"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d="m4.25 8.25 2.5 2.5 5-5.5" />
      </svg>
      <span
        aria-hidden="true"
        className="pointer-events-none absolute top-[7px] left-1 hidden h-0.5 w-2 rounded-full bg-primary-foreground peer-indeterminate:block"
      />
    </span>
  )
  if (!label) return <span className={cn('inline-flex p-1', className)}>{box}</span>
  return (
    <div className={cn('flex items-start gap-2', className)}>
      <span className="pt-0.5">{box}</span>
      <span className="min-w-0">
        <label htmlFor={id} className="block text-foreground text-sm">
          {label}
        </label>
        {hint ? (
          <span id={`${id}-hint`} className="block text-muted-foreground text-xs">
            {hint}
          </span>
        ) : null}
      </span>
    </div>
  )
}
