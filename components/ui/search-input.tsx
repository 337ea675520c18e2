'use client'

import { Search } from 'lucide-react'
import { type ComponentProps, useEffect, useRef } from 'react'
import { cn } from './cn'
import { Input } from './input'

/** A search control. `/` anywhere on the page puts the cursor in it; Esc empties it, then leaves it. Name it with aria-label. */
export function SearchInput({
  className,
  ...props
}: Omit<ComponentProps<typeof Input>, 'type'> & { 'aria-label': string }) {
  const ref = useRef<HTMLInputElement>(null)
  useEffect(() => {
    function focusOnSlash(event: KeyboardEvent) {
      if (event.key !== '/' || event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return
      const target = event.target as HTMLElement
      if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return
      if (document.querySelector('dialog:modal')) return
      event.preventDefault()
      ref.current?.focus()
      ref.current?.select()
    }
    document.addEventListener('keydown', focusOnSlash)
    return () => document.removeEventListener('keydown', focusOnSlash)
  }, [])
  return (
    <span className={cn('group relative block', className)}>
      <Search
        className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-muted-foreground"
        aria-hidden="true"
      />
      <Input
        {...props}
        ref={ref}
        type="search"
        aria-keyshortcuts="/"
        className="pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden"
        onKeyDown={(event) => {
          props.onKeyDown?.(event)
          if (event.key === 'Escape' && event.currentTarget.value === '') event.currentTarget.blur()
        }}
      />
      <span
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 rounded-[4px] border border-border px-1.5 font-mono text-muted-foreground text-xs group-focus-within:hidden pointer-coarse:hidden"
      >
        /
      </span>
    </span>
  )
}
