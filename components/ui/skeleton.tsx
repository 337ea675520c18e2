import { cn } from './cn'

/** Stands where something will be; give it that thing's size with `className`. Unseen for 300 ms, and by screen readers. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cn('block animate-late rounded bg-muted', className)} />
}
