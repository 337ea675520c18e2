'use client'

import type { ComponentProps, ReactNode, RefObject } from 'react'
import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
} from '@/components/ui/alert-dialog'
import { ProblemBanner } from './data/problem-banner'

/**
 * A question before something that is done by one action, whose problem it shows. Stays open while that is going on: closed, it
 * could not tell how it ended.
 */
export function ConfirmDialog({
  open,
  trigger,
  title,
  description,
  problem,
  verb,
  pending,
  onConfirm,
  onClose,
  size,
  form,
  passwordDialog,
  children,
}: {
  /** Absent: `trigger` opens it. */
  open?: boolean
  /** An AlertDialogTrigger. */
  trigger?: ReactNode
  title: ReactNode
  /** What will break, with facts. */
  description: ReactNode
  problem: ComponentProps<typeof ProblemBanner>['problem']
  /** On the button that does it. */
  verb: ReactNode
  pending: boolean
  onConfirm: () => void
  onClose?: () => void
  size?: 'sm' | 'md' | 'lg'
  /** Where something is typed in the dialog: Enter confirms it, too. */
  form?: RefObject<HTMLFormElement | null>
  /** Of the action, where that may ask for the password. */
  passwordDialog?: ReactNode
  children?: ReactNode
}) {
  const content = (
    <>
      <AlertDialogHeader>
        <AlertDialogTitle>{title}</AlertDialogTitle>
        <AlertDialogDescription>{description}</AlertDialogDescription>
      </AlertDialogHeader>
      <ProblemBanner problem={problem} />
      {children}
      <AlertDialogFooter>
        <AlertDialogCancel />
        <AlertDialogAction pending={pending} {...(form ? { type: 'submit' as const } : { onClick: () => onConfirm() })}>
          {verb}
        </AlertDialogAction>
      </AlertDialogFooter>
      {passwordDialog}
    </>
  )
  return (
    <AlertDialog open={open} busy={pending} onOpenChange={(isOpen) => isOpen || onClose?.()}>
      {trigger}
      <AlertDialogContent size={size}>
        {form ? (
          <form
            ref={form}
            noValidate
            className="grid gap-4"
            onSubmit={(event) => {
              event.preventDefault()
              onConfirm()
            }}
          >
            {content}
          </form>
        ) : (
          content
        )}
      </AlertDialogContent>
    </AlertDialog>
  )
}
