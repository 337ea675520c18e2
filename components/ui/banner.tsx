import type { ReactNode } from 'react'
import { cn } from './cn'
import { ErrorMark, InfoMark, SuccessMark, WarningMark } from './icons'

const tones = {
  info: { Mark: InfoMark, box: 'border-border bg-card', mark: 'text-muted-foreground' },
  success: { Mark: SuccessMark, box: 'border-success/30 bg-success-soft', mark: 'text-success' },
  warning: { Mark: WarningMark, box: 'border-warning/30 bg-warning-soft', mark: 'text-warning' },
  error: { Mark: ErrorMark, box: 'border-destructive/30 bg-destructive-soft', mark: 'text-destructive' },
}

/**
 * Words that stay in the page: a notice, a warning, an error with what to do next. `role="alert"` where it appears as the answer
 * to an action, `role="status"` where it is news that can wait.
 */
export function Banner({
  tone = 'info',
  title,
  action,
  role,
  className,
  children,
}: {
  tone?: keyof typeof tones
  title?: ReactNode
  action?: ReactNode
  role?: 'alert' | 'status'
  className?: string
  children?: ReactNode
}) {
  const { Mark, box, mark } = tones[tone]
  return (
    <div
      role={role}
      className={cn('flex flex-wrap items-start gap-x-3 gap-y-2 rounded border px-4 py-3 text-sm', box, className)}
    >
      <Mark className={cn('mt-0.5 size-4 shrink-0', mark)} />
      <div className="grid min-w-0 flex-1 basis-56 grid-cols-[minmax(0,1fr)] gap-0.5 [overflow-wrap:anywhere]">
        {title ? <p className="font-medium">{title}</p> : null}
        {children ? <div className="text-muted-foreground">{children}</div> : null}
      </div>
      {action ? <div className="flex shrink-0 gap-2">{action}</div> : null}
    </div>
  )
}
