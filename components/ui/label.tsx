import type { ComponentProps } from 'react'
import { cn } from './cn'

/** The visible name of a control. Inside a Field it is made for you. */
export function Label({ className, ...props }: ComponentProps<'label'>) {
  // biome-ignore lint/a11y/noLabelWithoutControl: the control is named by the caller's htmlFor
  return <label className={cn('block font-medium text-foreground text-sm', className)} {...props} />
}
