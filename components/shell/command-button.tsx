'use client'

import { Search } from 'lucide-react'
import { lazy, Suspense, useEffect, useState, useTransition } from 'react'
import { buttonVariants } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { Kbd } from '@/components/ui/kbd'
import type { CommandContext } from './commands'
import { goToAccount } from './go-to-account'
import type { EnterAccount } from './navigation'

const load = () => import('./command-menu')
const CommandMenu = lazy(load)

/** Opens the command menu, as ⌘K and Ctrl+K do everywhere. The menu's code comes when it is first wanted. */
export function CommandButton({
  shortcut,
  enter,
  ...context
}: Omit<CommandContext, 'goTo' | 'enter'> & { shortcut: string; enter: EnterAccount }) {
  const [open, setOpen] = useState(false)
  // Until its code is there the old state stays on the screen: no flash of nothing.
  const [, startTransition] = useTransition()

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      // Another dialog that is open has to be answered first.
      const blocked = document.querySelector('dialog:modal') !== null
      startTransition(() => setOpen((was) => !was && !blocked))
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])

  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-keyshortcuts="Meta+K Control+K"
        onClick={() => startTransition(() => setOpen(true))}
        onPointerEnter={() => void load()}
        className={cn(buttonVariants({ variant: 'ghost' }), 'max-sm:w-8 max-sm:px-0 pointer-coarse:max-sm:w-10')}
      >
        <Search aria-hidden="true" />
        <span className="max-sm:sr-only">Commands</span>
        <Kbd className="max-sm:hidden pointer-coarse:hidden" aria-hidden="true">
          {shortcut}
        </Kbd>
      </button>
      {open ? (
        <Suspense>
          <CommandMenu onClose={() => setOpen(false)} enter={(id) => void goToAccount(enter, id)} {...context} />
        </Suspense>
      ) : null}
    </>
  )
}
