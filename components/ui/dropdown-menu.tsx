'use client'

import { Check } from 'lucide-react'
import Link from 'next/link'
import {
  type ComponentProps,
  createContext,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  use,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { cn } from './cn'

/*
 * A menu button as the ARIA practices describe it, on the platform's popover: top layer (so it works inside a dialog),
 * light dismiss and the trigger's toggling are the browser's; placing, arrows and typing ahead are ours.
 */

type MenuState = {
  open: boolean
  setOpen: (open: boolean) => void
  id: string
  trigger: RefObject<HTMLButtonElement | null>
  content: RefObject<HTMLDivElement | null>
  /** Where the focus goes when the menu has opened. */
  startAt: RefObject<'first' | 'last'>
}

const MenuContext = createContext<MenuState | null>(null)

function useMenu(): MenuState {
  const state = use(MenuContext)
  if (!state) throw new Error('This part must stand inside a DropdownMenu')
  return state
}

/** Holds a menu button and its menu. */
export function DropdownMenu({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false)
  const trigger = useRef<HTMLButtonElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const startAt = useRef<'first' | 'last'>('first')
  return <MenuContext value={{ open, setOpen, id: useId(), trigger, content, startAt }}>{children}</MenuContext>
}

/** The button that opens the menu. Give it a look with `className={buttonVariants(…)}`, and a name. */
export function DropdownMenuTrigger({ onKeyDown, ...props }: ComponentProps<'button'>) {
  const { open, id, trigger, content, startAt } = useMenu()
  return (
    <button
      type="button"
      ref={trigger}
      popoverTarget={id}
      aria-haspopup="menu"
      aria-expanded={open}
      aria-controls={open ? id : undefined}
      onKeyDown={(event) => {
        onKeyDown?.(event)
        if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
        event.preventDefault()
        startAt.current = event.key === 'ArrowUp' ? 'last' : 'first'
        content.current?.showPopover()
      }}
      {...props}
    />
  )
}

function itemsOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]:not([aria-disabled="true"])')]
}

/** Puts the menu under its trigger, or above it where there is no room below, and always inside the window. */
function place(menu: HTMLElement, trigger: HTMLElement, align: 'start' | 'end') {
  const gap = 4
  const edge = 8
  const anchor = trigger.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = menu
  const left = align === 'start' ? anchor.left : anchor.right - width
  const below = anchor.bottom + gap
  const fits = below + height <= innerHeight - edge || anchor.top - gap - height < edge
  menu.style.left = `${Math.max(edge, Math.min(left, document.documentElement.clientWidth - width - edge))}px`
  menu.style.top = `${fits ? below : anchor.top - gap - height}px`
  menu.style.maxHeight = `${innerHeight - 2 * edge}px`
}

/** The menu itself; its items are in the page only while it is open. */
export function DropdownMenuContent({
  align = 'end',
  isReady = true,
  label,
  className,
  children,
}: {
  align?: 'start' | 'end'
  /** false while the items' code is on its way: when they come, an open menu takes the size and the focus that go with them. */
  isReady?: boolean
  /** Names the menu; by default its trigger does. */
  label?: string
  className?: string
  children: ReactNode
}) {
  const { open, setOpen, id, trigger, content, startAt } = useMenu()
  const typed = useRef({ text: '', at: 0 })

  function settle(menu: HTMLElement) {
    if (trigger.current) place(menu, trigger.current, align)
    const items = itemsOf(menu)
    ;(startAt.current === 'last' ? items.at(-1) : items[0])?.focus({ preventScroll: true })
    if (items.length > 0) startAt.current = 'first'
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when they come
  useLayoutEffect(() => {
    const menu = content.current
    if (isReady && menu?.matches(':popover-open')) settle(menu)
  }, [isReady])

  function move(event: KeyboardEvent<HTMLDivElement>) {
    const menu = event.currentTarget
    const items = itemsOf(menu)
    const at = items.indexOf(document.activeElement as HTMLElement)
    const { key } = event
    if (key === 'Escape' || key === 'Tab') {
      if (key === 'Escape') event.preventDefault()
      event.stopPropagation()
      trigger.current?.focus()
      menu.hidePopover()
      return
    }
    let next: HTMLElement | undefined
    if (key === 'ArrowDown') next = items[(at + 1) % items.length]
    else if (key === 'ArrowUp') next = items.at(at <= 0 ? -1 : at - 1)
    else if (key === 'Home') next = items[0]
    else if (key === 'End') next = items.at(-1)
    else if (key.length === 1 && key !== ' ' && !event.metaKey && !event.ctrlKey && !event.altKey) {
      const now = event.timeStamp
      const text = (now - typed.current.at < 700 ? typed.current.text : '') + key.toLowerCase()
      typed.current = { text, at: now }
      const from = text.length === 1 ? at + 1 : Math.max(at, 0)
      next = [...items.slice(from), ...items.slice(0, from)].find((item) =>
        item.textContent?.trim().toLowerCase().startsWith(text),
      )
      event.stopPropagation()
    } else return
    event.preventDefault()
    next?.focus()
  }

  return (
    <div
      ref={content}
      id={id}
      popover="auto"
      role="menu"
      tabIndex={-1}
      aria-label={label ?? trigger.current?.getAttribute('aria-label') ?? trigger.current?.textContent ?? undefined}
      className={cn(
        'inset-auto fixed m-0 hidden min-w-44 max-w-[calc(100vw-1rem)] overflow-y-auto rounded border border-border bg-popover p-1 text-foreground shadow outline-none open:block',
        className,
      )}
      onBeforeToggle={(event) => {
        // Unseen until it has its place; the `toggle` event comes a frame later.
        if (event.newState === 'open') event.currentTarget.style.opacity = '0'
        setOpen(event.newState === 'open')
      }}
      onToggle={(event) => {
        const menu = event.currentTarget
        if (event.newState !== 'open' || !trigger.current) return
        settle(menu)
        menu.style.opacity = ''
        const close = () => menu.hidePopover()
        const until = { signal: AbortSignal.any([closed(menu)]) }
        addEventListener('resize', close, until)
        addEventListener('scroll', (scroll) => scroll.target !== menu && close(), { capture: true, ...until })
      }}
      onKeyDown={move}
    >
      {open ? children : null}
    </div>
  )
}

/** A signal that aborts when the popover has closed. */
function closed(popover: HTMLElement): AbortSignal {
  const controller = new AbortController()
  popover.addEventListener('toggle', (event) => event.newState === 'closed' && controller.abort(), {
    signal: controller.signal,
  })
  return controller.signal
}

const itemClass =
  'flex w-full min-h-8 items-center gap-2 rounded-[4px] px-2 py-1 text-left text-sm outline-none focus:bg-muted aria-disabled:pointer-events-none aria-disabled:opacity-50 pointer-coarse:min-h-10 [&_svg]:size-4 [&_svg]:shrink-0'

function useItem(onSelect?: () => void) {
  const { trigger, content } = useMenu()
  return {
    tabIndex: -1,
    onPointerMove: (event: { currentTarget: HTMLElement }) => event.currentTarget.focus({ preventScroll: true }),
    onClick: () => {
      // The focus goes back first, so that a dialog opened by the item returns it to the trigger.
      trigger.current?.focus()
      content.current?.hidePopover()
      onSelect?.()
    },
  }
}

/** One action, or with `href` one place to go. `variant="danger"` for what destroys. */
export function DropdownMenuItem({
  href,
  onSelect,
  variant = 'default',
  disabled = false,
  className,
  children,
}: {
  href?: string
  onSelect?: () => void
  variant?: 'default' | 'danger'
  disabled?: boolean
  className?: string
  children: ReactNode
}) {
  const item = useItem(onSelect)
  const classes = cn(
    itemClass,
    variant === 'danger' ? 'text-destructive focus:bg-destructive-soft' : '[&_svg]:text-muted-foreground',
    className,
  )
  if (href && !disabled) {
    return (
      <Link href={href} role="menuitem" className={classes} {...item}>
        {children}
      </Link>
    )
  }
  return (
    <button type="button" role="menuitem" aria-disabled={disabled || undefined} className={classes} {...item}>
      {children}
    </button>
  )
}

/** One of several choices, the chosen one ticked. */
export function DropdownMenuRadioItem({
  checked,
  onSelect,
  children,
}: {
  checked: boolean
  onSelect: () => void
  children: ReactNode
}) {
  return (
    <button
      type="button"
      role="menuitemradio"
      aria-checked={checked}
      className={cn(itemClass, '[&_svg:first-child]:text-muted-foreground')}
      {...useItem(onSelect)}
    >
      {children}
      {checked ? <Check className="ml-auto" aria-hidden="true" /> : null}
    </button>
  )
}

/** Words above a group of items; not an item. */
export function DropdownMenuLabel({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('px-2 py-1.5 text-muted-foreground text-xs', className)} {...props} />
}

/** A line between groups of items. */
export function DropdownMenuSeparator() {
  // biome-ignore lint/a11y/useSemanticElements: menus may contain role=separator, not <hr>
  return <div role="separator" className="-mx-1 my-1 h-px bg-border" />
}
