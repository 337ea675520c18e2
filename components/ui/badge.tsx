import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cn } from './cn'

const badgeVariants = cva(
  'inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-[4px] border px-1.5 font-medium text-xs',
  {
    variants: {
      variant: {
        outline: 'border-border text-muted-foreground',
        solid: 'border-transparent bg-foreground/8 text-foreground',
        warning: 'border-transparent bg-warning-soft text-warning',
        /** A scope, an id: monospace. */
        mono: 'border-border bg-card font-mono font-normal text-foreground',
      },
    },
    defaultVariants: { variant: 'outline' },
  },
)

/** A small label for a kind ("Live", "Test", a scope). For states use Status. */
export function Badge({ className, variant, ...props }: ComponentProps<'span'> & VariantProps<typeof badgeVariants>) {
  return <span className={cn(badgeVariants({ variant }), className)} {...props} />
}
