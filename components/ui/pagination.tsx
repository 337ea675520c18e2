import { ChevronLeft, ChevronRight } from 'lucide-react'
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
        <Button onClick={onPrevious} disabled={!onPrevious} pending={pending && Boolean(onPrevious)}>
          <ChevronLeft aria-hidden="true" />
          Previous
        </Button>
        <Button onClick={onNext} disabled={!onNext} pending={pending && Boolean(onNext)}>
          Next
          <ChevronRight aria-hidden="true" />
        </Button>
      </div>
    </nav>
  )
}
