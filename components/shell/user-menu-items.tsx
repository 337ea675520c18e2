'use client'

import { LogOut, Monitor, Moon, Store, Sun, UserRound } from 'lucide-react'
import { useState } from 'react'
import { currentTheme, setTheme, type Theme, themeNames, themes } from '@/components/theme'
import { DropdownMenuItem, DropdownMenuRadioItem, DropdownMenuSeparator } from '@/components/ui/dropdown-menu'
import { goToAccount } from './go-to-account'
import type { EnterAccount, OtherAccount } from './navigation'

/** What a menu holds; the rest stand in the settings of the account, and in the command menu. */
const MAX_ACCOUNTS = 8

/** What the menu of a person offers, see `UserMenu`. */
export function UserMenuItems({
  accounts,
  enter,
  signOut,
}: {
  accounts: readonly OtherAccount[]
  enter: EnterAccount
  signOut: () => void
}) {
  return (
    <>
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
    </>
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
