'use client'

import { usePathname } from 'next/navigation'
import { cn } from '@/components/ui/cn'
import { LikelyLink } from './likely-link'
import { isWithin, type Place } from './navigation'

/** A link of the settings column; says which place the page belongs to. */
export function NavLink({ place, onNavigate }: { place: Place; onNavigate?: () => void }) {
  const current = isWithin(place, usePathname())
  return (
    <LikelyLink
      href={place.href}
      aria-current={current ? 'page' : undefined}
      onClick={onNavigate}
      className={cn(
        'flex h-8 items-center rounded px-2.5 text-sm transition-colors duration-75 hover:bg-muted hover:text-foreground pointer-coarse:h-11',
        current ? 'bg-muted font-medium text-foreground' : 'text-muted-foreground',
      )}
    >
      {place.label}
    </LikelyLink>
  )
}
