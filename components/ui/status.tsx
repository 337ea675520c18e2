import type { ReactNode } from 'react'
import { cn } from './cn'
import { EndedMark, ErrorMark, HalfMark, StoppedMark, SuccessMark, WarningMark } from './icons'

const tones = {
  /** Works. */
  success: { Mark: SuccessMark, colour: 'text-success' },
  /** In progress, or on its way out. */
  progress: { Mark: HalfMark, colour: 'text-warning' },
  /** Needs attention soon. */
  warning: { Mark: WarningMark, colour: 'text-warning' },
  /** Failed. */
  error: { Mark: ErrorMark, colour: 'text-destructive' },
  /** Ended by someone. */
  stopped: { Mark: StoppedMark, colour: 'text-destructive' },
  /** Over by itself. */
  ended: { Mark: EndedMark, colour: 'text-muted-foreground' },
}

export type StatusTone = keyof typeof tones

/** A state as a word and a shape; the colour only repeats what both say. */
export function Status({ tone, className, children }: { tone: StatusTone; className?: string; children: ReactNode }) {
  const { Mark, colour } = tones[tone]
  return (
    <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap text-sm', className)}>
      <Mark className={cn('size-3 shrink-0', colour)} />
      {children}
    </span>
  )
}
