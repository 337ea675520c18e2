'use client'

import { X } from 'lucide-react'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { Button } from './button'
import { ErrorMark, SuccessMark } from './icons'

type Toast = { id: number; message: string; tone: 'success' | 'error' }

const SHOWN_MS = 6000
const AT_MOST = 3
const none: readonly Toast[] = []

let toasts: readonly Toast[] = none
let nextId = 1
const listeners = new Set<() => void>()

function change(next: readonly Toast[]) {
  toasts = next
  for (const listener of listeners) listener()
}

/**
 * Confirms in a few words what was done ("Key revoked"), for six seconds or as long as it is hovered or has the focus.
 * Never the only place of an error. Browser only.
 */
export function toast(message: string, tone: Toast['tone'] = 'success') {
  change([...toasts.slice(1 - AT_MOST), { id: nextId++, message, tone }])
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** Shows what `toast()` says; once per page, in the root layout. A popover, so that it stands above dialogs. */
export function Toaster() {
  const shown = useSyncExternalStore(
    subscribe,
    () => toasts,
    () => none,
  )
  const ref = useRef<HTMLElement>(null)
  const newest = shown.at(-1)?.id

  useEffect(() => {
    // Shown anew with each toast: the newest thing in the top layer is the topmost.
    const region = ref.current
    if (!region) return
    if (region.matches(':popover-open')) region.hidePopover()
    if (newest !== undefined) region.showPopover()
  }, [newest])

  return (
    <section
      ref={ref}
      popover="manual"
      aria-label="Confirmations"
      className="pointer-events-none fixed inset-auto right-0 bottom-0 m-0 w-full max-w-96 bg-transparent p-4 open:grid open:gap-2"
    >
      {shown.map((item) => (
        <ToastItem key={item.id} toast={item} />
      ))}
      <ToastAnnouncer message={shown.at(-1)?.message ?? ''} />
    </section>
  )
}

function ToastAnnouncer({ message }: { message: string }) {
  return (
    <p role="status" className="sr-only">
      {message}
    </p>
  )
}

function ToastItem({ toast: { id, message, tone } }: { toast: Toast }) {
  const timer = useRef<number>(undefined)
  function dismiss() {
    change(toasts.filter((other) => other.id !== id))
  }
  function hold() {
    window.clearTimeout(timer.current)
  }
  function run() {
    hold()
    timer.current = window.setTimeout(dismiss, SHOWN_MS)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: one timer for the life of one toast
  useEffect(() => {
    run()
    return hold
  }, [id])
  const Mark = tone === 'success' ? SuccessMark : ErrorMark
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the pointer or the focus on it holds it
    <div
      className="pointer-events-auto flex animate-enter items-center gap-2.5 rounded border border-border bg-popover py-2 pr-2 pl-3 text-foreground text-sm shadow"
      onPointerEnter={hold}
      onPointerLeave={run}
      onFocus={hold}
      onBlur={run}
    >
      <Mark className={`size-3.5 shrink-0 ${tone === 'success' ? 'text-success' : 'text-destructive'}`} />
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{message}</span>
      <Button variant="ghost" size="icon-sm" aria-label="Dismiss" onClick={dismiss}>
        <X aria-hidden="true" />
      </Button>
    </div>
  )
}
