'use client'

import { ChevronDown } from 'lucide-react'
import { type ComponentProps, useState } from 'react'
import { buttonVariants } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'
import type { UserMenuItems } from './user-menu-items'

/**
 * Who is signed in, their other accounts, the theme, and the way out. The items come when the pointer or the focus does. Not by
 * React's `lazy`: where they can't be loaded, the page would be lost.
 */
export function UserMenu({
  name,
  email,
  ...rest
}: { name: string; email: string } & ComponentProps<typeof UserMenuItems>) {
  const [Items, setItems] = useState<typeof UserMenuItems>()
  function load() {
    import('./user-menu-items').then(
      (loaded) => setItems(() => loaded.UserMenuItems),
      () => undefined,
    )
  }
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        className={cn(buttonVariants({ variant: 'ghost' }), 'min-w-0 shrink')}
        onPointerEnter={load}
        onFocus={load}
        onClick={load}
      >
        <span className="max-w-40 truncate max-sm:sr-only">{name}</span>
        <span
          aria-hidden="true"
          className="grid size-6 place-items-center rounded-full border border-border bg-muted text-foreground text-xs sm:hidden"
        >
          {name.trim().charAt(0).toUpperCase()}
        </span>
        <ChevronDown aria-hidden="true" />
      </DropdownMenuTrigger>
      <DropdownMenuContent className="min-w-56" label="You" isReady={Items !== undefined}>
        <DropdownMenuLabel>
          <span className="block truncate text-foreground text-sm">{name}</span>
          <span className="block truncate">{email}</span>
        </DropdownMenuLabel>
        {Items ? <Items {...rest} /> : null}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
