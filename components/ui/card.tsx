import type { ComponentProps } from 'react'
import { cn } from './cn'

/** A calm surface for one subject. Parts: CardHeader (CardTitle, CardDescription), CardContent, CardFooter. */
export function Card({ className, ...props }: ComponentProps<'section'>) {
  return <section className={cn('min-w-0 rounded border border-border bg-card', className)} {...props} />
}

/** Title and description of a card. */
export function CardHeader({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('grid gap-1 px-5 pt-4 pb-1 last:pb-4', className)} {...props} />
}

/** A card's title, a second-level heading. */
export function CardTitle({ className, ...props }: ComponentProps<'h2'>) {
  return <h2 className={cn('font-semibold text-base', className)} {...props} />
}

/** One sentence of what the card is for. */
export function CardDescription({ className, ...props }: ComponentProps<'p'>) {
  return <p className={cn('max-w-prose text-muted-foreground text-sm', className)} {...props} />
}

/** What a card holds. */
export function CardContent({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('px-5 pt-3 pb-5', className)} {...props} />
}

/** A card's one action at the right, with words about it at the left. */
export function CardFooter({ className, ...props }: ComponentProps<'div'>) {
  return (
    <div
      className={cn(
        'flex flex-wrap items-center justify-between gap-3 rounded-b border-border border-t bg-background px-5 py-3 text-muted-foreground text-sm',
        className,
      )}
      {...props}
    />
  )
}
