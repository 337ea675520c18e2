import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button'

/** Steps through a list by cursor: where we are in words, and the neighbours. Without `onPrevious`/`onNext` that way is closed. */
export function Pagination({
  label,
  onPrevious,
  onNext,
  pending = false,
}: {
  /** "1–50 of 1,204"; announced when it changes. */
  label: string
  onPrevious?: () => void
  onNext?: () => void
  pending?: boolean
}) {
  return (
    <nav aria-label="Pages" className="flex items-center justify-between gap-3">
      <p aria-live="polite" className="text-muted-foreground text-sm tabular-nums">
        {label}
      </p>
      <div className="flex gap-2">
        <Step onStep={onPrevious} pending={pending}>
          <ChevronLeft aria-hidden="true" />
          Previous
        </Step>
        <Step onStep={onNext} pending={pending}>
          Next
          <ChevronRight aria-hidden="true" />
        </Step>
      </div>
    </nav>
  )
}

function Step({ onStep, pending, children }: { onStep?: () => void; pending: boolean; children: ReactNode }) {
  if (onStep) {
    return (
      <Button onClick={onStep} pending={pending}>
        {children}
      </Button>
    )
  }
  // A disabled one would lose the focus of whoever has come to the last page by the keyboard.
  return <Button aria-disabled="true">{children}</Button>
}
