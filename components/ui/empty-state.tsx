import type { ReactNode } from 'react'
import { cn } from './cn'

/** What stands where a list would: what the thing is for, and the first step. `icon` is decorative. */
export function EmptyState({
  icon,
  title,
  description,
  action,
  className,
}: {
  icon?: ReactNode
  title: string
  description: ReactNode
  action?: ReactNode
  className?: string
}) {
  return (
    <div className={cn('grid justify-items-center gap-1 px-6 py-14 text-center', className)}>
      {icon ? (
        <div
          aria-hidden="true"
          className="mb-3 grid size-10 place-items-center rounded border border-border bg-background text-muted-foreground [&_svg]:size-5"
        >
          {icon}
        </div>
      ) : null}
      <h2 className="max-w-full font-semibold text-base [overflow-wrap:anywhere]">{title}</h2>
      <div className="max-w-md text-balance text-muted-foreground text-sm">{description}</div>
      {action ? <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  )
}
