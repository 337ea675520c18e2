'use client'

import { X } from 'lucide-react'
import {
  type ComponentProps,
  createContext,
  type ReactNode,
  use,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { createPortal } from 'react-dom'
import { Button, type ButtonProps } from './button'
import { cn } from './cn'

/*
 * Dialogs are the platform's own <dialog>, opened modally: the browser makes the rest of the page inert, keeps the focus
 * inside and gives it back afterwards. That costs a kilobyte where a library costs fourteen, and injects no <style>.
 */

type DialogState = {
  open: boolean
  busy: boolean
  /** Ignored while busy, but for what the browser has closed already (`isDone`). */
  setOpen: (open: boolean, isDone?: boolean) => void
  titleId: string
  descriptionId: string
}

const DialogContext = createContext<DialogState | null>(null)

function useDialog(): DialogState {
  const state = use(DialogContext)
  if (!state) throw new Error('This part must stand inside a Dialog')
  return state
}

/**
 * Holds whether a dialog is open: by itself, or by `open` and `onOpenChange`. `busy` while what it asked for is being done:
 * it then stays open, since closed it could not tell how that ended.
 */
export function Dialog({
  open,
  busy = false,
  defaultOpen = false,
  onOpenChange,
  children,
}: {
  open?: boolean
  busy?: boolean
  defaultOpen?: boolean
  /** Told of every wish to open or close; when `open` is given the owner decides. */
  onOpenChange?: (open: boolean) => void
  children: ReactNode
}) {
  const [own, setOwn] = useState(defaultOpen)
  const id = useId()
  function setOpen(next: boolean, isDone = false) {
    if (busy && !next && !isDone) return
    setOwn(next)
    onOpenChange?.(next)
  }
  return (
    <DialogContext
      value={{ open: open ?? own, busy, setOpen, titleId: `${id}-title`, descriptionId: `${id}-description` }}
    >
      {children}
    </DialogContext>
  )
}

/** The button that opens the dialog; takes what Button takes. */
export function DialogTrigger({ onClick, ...props }: ButtonProps) {
  const { open, setOpen } = useDialog()
  return (
    <Button
      aria-haspopup="dialog"
      aria-expanded={open}
      onClick={(event) => {
        onClick?.(event)
        if (!event.defaultPrevented) setOpen(true)
      }}
      {...props}
    />
  )
}

/**
 * What the dialog shows; in the page only while it is open. Focus starts at the control with `autoFocus`, else at the first.
 * Esc and a press beside it ask to close; `pressOutsideCloses={false}` ignores such a press, for what would lose what was typed,
 * `dismissible={false}` both, for what must be answered by a button.
 */
export function DialogContent({
  role = 'dialog',
  dismissible = true,
  pressOutsideCloses = true,
  closeButton = dismissible,
  size = 'md',
  padded = true,
  className,
  children,
}: {
  role?: 'dialog' | 'alertdialog'
  dismissible?: boolean
  pressOutsideCloses?: boolean
  closeButton?: boolean
  size?: 'sm' | 'md' | 'lg'
  /** false: the content brings its own padding. */
  padded?: boolean
  className?: string
  children: ReactNode
}) {
  const { open } = useDialog()
  if (!open) return null
  return createPortal(
    <OpenDialog {...{ role, dismissible, pressOutsideCloses, closeButton, size, padded, className, children }} />,
    document.body,
  )
}

const widths = { sm: 'max-w-md', md: 'max-w-lg', lg: 'max-w-2xl' }

function OpenDialog({
  role,
  dismissible,
  pressOutsideCloses,
  closeButton,
  size,
  padded,
  className,
  children,
}: Required<Omit<Parameters<typeof DialogContent>[0], 'className'>> & { className?: string }) {
  const { busy, setOpen, titleId, descriptionId } = useDialog()
  const ref = useRef<HTMLDialogElement>(null)
  const [described, setDescribed] = useState(false)
  const pressedOutside = useRef(false)

  useLayoutEffect(() => {
    const dialog = ref.current
    if (!dialog) return
    dialog.showModal()
    dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus()
    // Closing, not merely removing, is what gives the focus back to where it came from.
    return () => dialog.close()
  }, [])

  useEffect(() => {
    setDescribed(document.getElementById(descriptionId) !== null)
  }, [descriptionId])

  function ask() {
    if (dismissible) setOpen(false)
  }

  return (
    <dialog
      ref={ref}
      role={role === 'alertdialog' ? 'alertdialog' : undefined}
      aria-labelledby={titleId}
      aria-describedby={described ? descriptionId : undefined}
      className={cn(
        'm-auto max-h-[calc(100dvh-2rem)] w-[calc(100%-2rem)] overflow-y-auto overscroll-contain rounded border border-border bg-popover p-0 text-foreground shadow open:animate-enter',
        widths[size],
        className,
      )}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        // Taken before the browser acts on it: it would close at the second Esc whatever we say to the first.
        event.preventDefault()
        event.stopPropagation()
        ask()
      }}
      onCancel={(event) => {
        if (event.target !== ref.current) return
        event.preventDefault()
        ask()
      }}
      onClose={(event) => {
        // Strict Mode mounts twice; the close of the first round arrives when the second is already open.
        if (event.target === ref.current && !ref.current?.open) setOpen(false, true)
      }}
      onPointerDown={(event) => {
        pressedOutside.current = event.target === ref.current
      }}
      onClick={(event) => {
        if (pressOutsideCloses && event.target === ref.current && pressedOutside.current) ask()
      }}
    >
      <div className={cn('relative', padded && 'grid gap-4 p-5')}>
        {children}
        {closeButton ? (
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="Close"
            aria-disabled={busy || undefined}
            className="absolute top-3.5 right-3.5"
            onClick={() => setOpen(false)}
          >
            <X aria-hidden="true" />
          </Button>
        ) : null}
      </div>
    </dialog>
  )
}

/** Title and description, together. */
export function DialogHeader({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('grid grid-cols-[minmax(0,1fr)] gap-1 pr-8', className)} {...props} />
}

/** The dialog's name. Every dialog has one. */
export function DialogTitle({ className, ...props }: ComponentProps<'h2'>) {
  return (
    <h2
      id={useDialog().titleId}
      className={cn('font-semibold text-lg [overflow-wrap:anywhere]', className)}
      {...props}
    />
  )
}

/** One or two sentences that are read out with the title. */
export function DialogDescription({ className, ...props }: ComponentProps<'div'>) {
  return <div id={useDialog().descriptionId} className={cn('text-muted-foreground text-sm', className)} {...props} />
}

/** The buttons, at the lower right; on a phone one below the other, the action first. */
export function DialogFooter({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('mt-1 flex flex-col-reverse gap-2 sm:flex-row sm:justify-end', className)} {...props} />
}

/** A button that asks the dialog to close; takes what Button takes. */
export function DialogClose({ onClick, ...props }: ButtonProps) {
  const { busy, setOpen } = useDialog()
  return (
    <Button
      aria-disabled={busy || undefined}
      onClick={(event) => {
        onClick?.(event)
        if (!event.defaultPrevented) setOpen(false)
      }}
      {...props}
    />
  )
}
