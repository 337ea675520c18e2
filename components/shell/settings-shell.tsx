import type { ReactNode } from 'react'
import { Bell } from './bell'
import { CommandButton } from './command-button'
import { LikelyLink } from './likely-link'
import { Logo } from './logo'
import { NavLinks } from './nav-links'
import { NavMenu } from './nav-menu'
import type { EnterAccount, OtherAccount, Place } from './navigation'
import { OtherSession } from './other-session'
import { SkipLink } from './skip-link'
import { UserMenu } from './user-menu'

/** The frame of the settings: header, the column at the left, and one content column of at most 1080 px. */
export function SettingsShell({
  account,
  user,
  places,
  actions,
  accounts,
  shortcut,
  enter,
  signOut,
  unread,
  children,
}: {
  account: { id: string; name: string }
  user: { id: string; name: string; email: string }
  /** What the settings column lists. */
  places: Place[]
  /** What the command menu offers beside going to places. */
  actions: Place[]
  /** The other accounts of the person. */
  accounts: OtherAccount[]
  /** What opens the command menu on the reader's system, "⌘K" or "Ctrl K". */
  shortcut: string
  /** A server action that has this browser go on in another account. */
  enter: EnterAccount
  /** A server action that ends the session and leads to the sign-in page. */
  signOut: () => Promise<void>
  /** Notices that were not read; null: to this person none come. */
  unread: number | null
  children: ReactNode
}) {
  return (
    <>
      <SkipLink />
      <OtherSession userId={user.id} accountId={account.id} accountName={account.name} enter={enter} />
      <header className="sticky top-0 z-40 border-border border-b bg-background">
        <div className="mx-auto flex h-14 max-w-[1352px] items-center gap-2 px-4 md:px-6">
          <NavMenu places={places} />
          <LikelyLink href="/" className="flex items-center gap-2.5 rounded font-semibold tracking-tight">
            <Logo />
            <span className="max-sm:sr-only">Fenicia</span>
          </LikelyLink>
          <span aria-hidden="true" className="text-border max-sm:hidden">
            /
          </span>
          <p className="min-w-0 flex-1 truncate text-sm">
            <span className="sr-only">Account: </span>
            {account.name}
          </p>
          <CommandButton
            places={places}
            actions={actions}
            accounts={accounts}
            shortcut={shortcut}
            enter={enter}
            signOut={signOut}
          />
          {unread === null ? null : <Bell unread={unread} />}
          <UserMenu name={user.name} email={user.email} accounts={accounts} enter={enter} signOut={signOut} />
        </div>
      </header>
      <div className="mx-auto flex max-w-[1352px] md:px-6">
        <nav aria-label="Settings" className="sticky top-14 hidden w-52 shrink-0 self-start py-8 md:block">
          <div className="-ml-2.5">
            <NavLinks places={places} />
          </div>
        </nav>
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 px-4 py-6 outline-none md:py-8 md:pr-0 md:pl-10">
          <div className="max-w-[1080px]">{children}</div>
        </main>
      </div>
    </>
  )
}
