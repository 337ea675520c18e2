'use client'

import type { ComponentProps } from 'react'
import { Button, type ButtonProps } from './button'
import {
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from './dialog'

export { Dialog as AlertDialog } from './dialog'

/** Opens the alert dialog; takes what Button takes. */
export const AlertDialogTrigger = DialogTrigger
export const AlertDialogHeader = DialogHeader
export const AlertDialogTitle = DialogTitle
/** Says what will break, with facts. */
export const AlertDialogDescription = DialogDescription
export const AlertDialogFooter = DialogFooter

/** A question before something that cannot be undone. Focus starts on Cancel; a press beside it does not close it. */
export function AlertDialogContent(
  props: Omit<ComponentProps<typeof DialogContent>, 'role' | 'closeButton' | 'pressOutsideCloses'>,
) {
  return <DialogContent size="sm" {...props} role="alertdialog" closeButton={false} pressOutsideCloses={false} />
}

/** The way out: has the focus when the dialog opens. */
export function AlertDialogCancel({ children = 'Cancel', ...props }: ButtonProps) {
  return (
    <DialogClose autoFocus {...props}>
      {children}
    </DialogClose>
  )
}

/** The verb itself ("Revoke key"). Does not close the dialog: the owner does when the work is done. */
export function AlertDialogAction(props: ButtonProps) {
  return <Button variant="destructive" {...props} />
}
