import type { ComponentProps } from 'react'
import { cn } from './cn'

/** A key to press. */
export function Kbd({ className, ...props }: ComponentProps<'kbd'>) {
  return (
    <kbd
      className={cn(
        'inline-flex h-5 min-w-5 items-center justify-center rounded-[4px] border border-border bg-background px-1 font-sans text-muted-foreground text-xs',
        className,
      )}
      {...props}
    />
  )
}
