'use client'

import { ChevronDown, LogOut, Monitor, Moon, Store, Sun, UserRound } from 'lucide-react'
import { useState } from 'react'
import { currentTheme, setTheme, type Theme, themeNames, themes } from '@/components/theme'
import { buttonVariants } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'
import { goToAccount } from './go-to-account'
import type { EnterAccount, OtherAccount } from './navigation'

/** What a menu holds; the rest stand in the settings of the account, and in the command menu. */
const MAX_ACCOUNTS = 8

/** Who is signed in, their other accounts, the theme, and the way out. */
export function UserMenu({
  name,
  email,
  accounts,
  enter,
  signOut,
}: {
  name: string
  email: string
  accounts: readonly OtherAccount[]
  enter: EnterAccount
  signOut: () => void
}) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className={cn(buttonVariants({ variant: 'ghost' }), 'min-w-0 shrink')}>
        <span className="max-w-40 truncate max-sm:sr-only">{name}</span>
        <span
          aria-hidden="true"
          className="grid size-6 place-items-center rounded-full border border-border bg-muted text-foreground text-xs sm:hidden"
        >
          {name.trim().charAt(0).toUpperCase()}
        </span>
        <ChevronDown aria-hidden="true" />
      </DropdownMenuTrigger>
      <DropdownMenuContent className="min-w-56" label="You">
        <DropdownMenuLabel>
          <span className="block truncate text-foreground text-sm">{name}</span>
          <span className="block truncate">{email}</span>
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuItem href="/settings/account">
          <UserRound aria-hidden="true" />
          Account
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        {accounts.length > 0 ? (
          <>
            {/* biome-ignore lint/a11y/useSemanticElements: a group of menu items, not of form controls */}
            <div role="group" aria-label="Your other accounts">
              {accounts.slice(0, MAX_ACCOUNTS).map(({ id, name, role }) => (
                <DropdownMenuItem key={id} onSelect={() => void goToAccount(enter, id)}>
                  <Store aria-hidden="true" />
                  <span className="min-w-0">
                    <span className="block max-w-64 truncate">{name}</span>
                    <span className="block max-w-64 truncate text-muted-foreground text-xs">{role}</span>
                  </span>
                </DropdownMenuItem>
              ))}
            </div>
            <DropdownMenuSeparator />
          </>
        ) : null}
        <ThemeItems />
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={signOut}>
          <LogOut aria-hidden="true" />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  )
}

const themeIcons: Record<Theme, typeof Sun> = { system: Monitor, light: Sun, dark: Moon }

/** In the page only while the menu is open, so the theme is read anew each time. */
function ThemeItems() {
  const [theme, choose] = useState<Theme>(currentTheme)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of menu items, not of form controls
    <div role="group" aria-label="Theme">
      {themes.map((value) => {
        const Icon = themeIcons[value]
        return (
          <DropdownMenuRadioItem
            key={value}
            checked={theme === value}
            onSelect={() => {
              setTheme(value)
              choose(value)
            }}
          >
            <Icon aria-hidden="true" />
            {themeNames[value]}
          </DropdownMenuRadioItem>
        )
      })}
    </div>
  )
}
