import type { ReactNode } from 'react'
import { cn } from './cn'

/** The mark of a service: two letters of ours (no logos), or an icon. Decorative beside its name. */
export function Monogram({
  size = 'md',
  className,
  children,
}: {
  size?: 'md' | 'lg'
  className?: string
  children: ReactNode
}) {
  return (
    <span
      aria-hidden="true"
      className={cn(
        'inline-grid shrink-0 place-items-center rounded border border-border bg-background font-medium text-muted-foreground [&_svg]:size-4',
        size === 'lg' ? 'size-10 text-sm' : 'size-8 text-xs',
        className,
      )}
    >
      {children}
    </span>
  )
}
