'use client'

import { Menu } from 'lucide-react'
import { useRef } from 'react'
import { buttonVariants } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { NavLinks } from './nav-links'
import type { Place } from './navigation'

/** The settings column below 768 px: a button, and a panel below the header. Esc, a press outside or a choice closes it. */
export function NavMenu({ places }: { places: Place[] }) {
  const panel = useRef<HTMLDivElement>(null)
  return (
    <div className="md:hidden">
      <button
        type="button"
        popoverTarget="settings-menu"
        aria-label="Menu"
        className={cn(buttonVariants({ variant: 'ghost', size: 'icon' }), '-ml-2')}
      >
        <Menu aria-hidden="true" />
      </button>
      <div
        ref={panel}
        id="settings-menu"
        popover="auto"
        className="fixed inset-x-0 top-14 bottom-auto m-0 w-full max-w-none border-border border-b bg-popover p-3 text-foreground shadow md:hidden"
      >
        <nav aria-label="Settings">
          <NavLinks places={places} onNavigate={() => panel.current?.hidePopover()} />
        </nav>
      </div>
    </div>
  )
}
