'use client'

import { type ReactNode, useEffect, useId, useRef } from 'react'
import { cn } from './cn'

/**
 * A few words about the control inside, on hover (after 400 ms) and on keyboard focus. Esc hides it, the pointer may move onto
 * it (WCAG 1.4.13). It describes; an icon button needs an aria-label of its own.
 */
export function Tooltip({
  content,
  className,
  children,
}: {
  content: ReactNode
  className?: string
  children: ReactNode
}) {
  const id = useId()
  const tip = useRef<HTMLSpanElement>(null)
  const host = useRef<HTMLSpanElement>(null)
  const timer = useRef<number>(undefined)

  useEffect(() => {
    const control = host.current?.querySelector('button, a, input, [tabindex]') ?? null
    control?.setAttribute('aria-describedby', id)
    return () => window.clearTimeout(timer.current)
  }, [id])

  function show() {
    const [popover, anchor] = [tip.current, host.current?.firstElementChild?.getBoundingClientRect()]
    if (!popover || !anchor || popover.matches(':popover-open')) return
    popover.showPopover()
    const left = anchor.left + anchor.width / 2 - popover.offsetWidth / 2
    const above = anchor.top - popover.offsetHeight - 6
    popover.style.left = `${Math.max(8, Math.min(left, document.documentElement.clientWidth - popover.offsetWidth - 8))}px`
    popover.style.top = `${above < 8 ? anchor.bottom + 6 : above}px`
  }
  function hide(afterMs = 0) {
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => tip.current?.matches(':popover-open') && tip.current.hidePopover(), afterMs)
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: listens for what happens to the control inside
    <span
      ref={host}
      className={cn('contents', className)}
      onPointerEnter={(event) => {
        if (event.pointerType === 'touch') return
        window.clearTimeout(timer.current)
        timer.current = window.setTimeout(show, 400)
      }}
      onPointerLeave={() => hide(120)}
      onPointerDown={() => hide()}
      onFocus={(event) => event.target.matches(':focus-visible') && show()}
      onBlur={() => hide()}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && tip.current?.matches(':popover-open')) {
          event.stopPropagation()
          event.preventDefault()
          hide()
        }
      }}
    >
      {children}
      <span
        ref={tip}
        id={id}
        popover="manual"
        role="tooltip"
        className="pointer-events-auto fixed inset-auto m-0 max-w-72 rounded border border-border bg-popover px-2 py-1 font-normal text-foreground text-xs shadow"
      >
        {content}
      </span>
    </span>
  )
}
