'use client'

import { ChevronRight } from 'lucide-react'
import { type ComponentProps, useState } from 'react'
import { LimitsFields } from './limits-fields'

const FIELDS = ['rate', 'monthly_quota', 'addresses', 'methods']

/** The limits of a new key, folded away: what it gets by itself is right for most. */
export function MoreLimits(props: ComponentProps<typeof LimitsFields>) {
  const [isOpen, setOpen] = useState(false)
  // What was refused must be in sight.
  const isShown = isOpen || FIELDS.some((field) => props.errors?.[field])
  return (
    <details open={isShown} onToggle={(event) => setOpen(event.currentTarget.open)} className="group">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1 rounded font-medium text-sm [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-4 shrink-0 transition-transform group-open:rotate-90" aria-hidden="true" />
        <span>
          Limits
          <span className="font-normal text-muted-foreground"> – 100 requests in 1 minute, unless you change them</span>
        </span>
      </summary>
      <div className="mt-4">{isShown ? <LimitsFields {...props} /> : null}</div>
    </details>
  )
}
