import type { ReactNode } from 'react'
import { cn } from './cn'

/** Facts about one thing, name and value; two columns where there is room. Children are DescriptionItems. */
export function DescriptionList({ className, children }: { className?: string; children: ReactNode }) {
  return <dl className={cn('grid gap-x-8 gap-y-4 sm:grid-cols-2', className)}>{children}</dl>
}

/** One fact. */
export function DescriptionItem({ term, children }: { term: ReactNode; children: ReactNode }) {
  return (
    <div className="grid min-w-0 content-start gap-0.5">
      <dt className="text-muted-foreground text-xs">{term}</dt>
      <dd className="min-w-0 text-sm [overflow-wrap:anywhere]">{children}</dd>
    </div>
  )
}
