'use client'

import { createContext, type KeyboardEvent, type ReactNode, use, useId, useState } from 'react'
import { cn } from './cn'

type TabsState = { value: string; choose: (value: string) => void; id: string }

const TabsContext = createContext<TabsState | null>(null)

function useTabs(): TabsState {
  const state = use(TabsContext)
  if (!state) throw new Error('This part must stand inside Tabs')
  return state
}

/** Several panels in one place, one shown. By itself (`defaultValue`), or by `value` and `onValueChange`. */
export function Tabs({
  value,
  defaultValue = '',
  onValueChange,
  className,
  children,
}: {
  value?: string
  defaultValue?: string
  onValueChange?: (value: string) => void
  className?: string
  children: ReactNode
}) {
  const [own, setOwn] = useState(defaultValue)
  function choose(next: string) {
    setOwn(next)
    onValueChange?.(next)
  }
  return (
    <TabsContext value={{ value: value ?? own, choose, id: useId() }}>
      <div className={cn('grid min-w-0 gap-3', className)}>{children}</div>
    </TabsContext>
  )
}

/** The row of tabs. Arrow keys, Home and End move between them. */
export function TabsList({
  'aria-label': label,
  className,
  children,
}: {
  'aria-label': string
  className?: string
  children: ReactNode
}) {
  function move(event: KeyboardEvent<HTMLDivElement>) {
    const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')]
    const at = tabs.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowRight: (at + 1) % tabs.length, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    tabs.at(to)?.focus()
    tabs.at(to)?.click()
  }
  return (
    <div
      role="tablist"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={move}
      className={cn('flex gap-4 border-border border-b', className)}
    >
      {children}
    </div>
  )
}

/** A tab. */
export function TabsTrigger({ value, children }: { value: string; children: ReactNode }) {
  const tabs = useTabs()
  const chosen = tabs.value === value
  return (
    <button
      type="button"
      role="tab"
      id={`${tabs.id}-tab-${value}`}
      aria-controls={`${tabs.id}-panel-${value}`}
      aria-selected={chosen}
      tabIndex={chosen ? 0 : -1}
      onClick={() => tabs.choose(value)}
      className="-mb-px h-8 border-transparent border-b-2 font-medium text-muted-foreground text-sm transition-colors duration-100 hover:text-foreground aria-selected:border-foreground aria-selected:text-foreground pointer-coarse:h-10"
    >
      {children}
    </button>
  )
}

/** What a tab shows. Hidden panels stay in the page, so that forms in them keep what was typed. */
export function TabsContent({
  value,
  className,
  children,
}: {
  value: string
  className?: string
  children: ReactNode
}) {
  const tabs = useTabs()
  return (
    <div
      role="tabpanel"
      id={`${tabs.id}-panel-${value}`}
      aria-labelledby={`${tabs.id}-tab-${value}`}
      hidden={tabs.value !== value}
      className={cn('min-w-0', className)}
    >
      {children}
    </div>
  )
}
