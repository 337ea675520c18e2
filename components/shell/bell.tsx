'use client'

import { Bell as BellIcon } from 'lucide-react'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import { buttonVariants } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'

/** Where the notices are read; what counts the unread ones stands below it. */
const HREF = '/settings/notifications'

/**
 * The way to the notices, with how many are unread. Counted anew when the reader comes back to the page, and not by the
 * clock: requests that nobody asks for would keep the session of somebody who has left.
 */
export function Bell({ unread: given }: { unread: number }) {
  const [newer, setNewer] = useState<{ given: number; unread: number } | null>(null)
  // What the server says with a page is newer than what was asked for before.
  const unread = newer?.given === given ? newer.unread : given

  useEffect(() => {
    async function count() {
      if (document.visibilityState !== 'visible') return
      const answer = await fetch(`${HREF}/unread`, { cache: 'no-store' }).catch(() => null)
      if (!answer?.ok || answer.redirected) return
      const { unread } = (await answer.json()) as { unread: number }
      setNewer({ given, unread })
    }
    document.addEventListener('visibilitychange', count)
    return () => document.removeEventListener('visibilitychange', count)
  }, [given])

  const shown = unread > 99 ? '99+' : String(unread)
  return (
    <Link href={HREF} prefetch={false} className={cn(buttonVariants({ variant: 'ghost', size: 'icon' }), 'relative')}>
      <BellIcon aria-hidden="true" />
      <span className="sr-only">{unread > 0 ? `Notifications, ${shown} unread` : 'Notifications'}</span>
      {unread > 0 ? (
        <span
          aria-hidden="true"
          className="absolute -top-0.5 -right-0.5 min-w-4 rounded-full bg-foreground px-1 text-center font-medium text-[10px] text-background leading-4"
        >
          {shown}
        </span>
      ) : null}
    </Link>
  )
}
