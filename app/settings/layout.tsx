import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { SettingsShell } from '@/components/shell/settings-shell'
import { can, listAccountsOf } from '@/lib/accounts'
import { countUnread, permissionsToBeTold } from '@/lib/notifications'
import { getRuntime } from '@/lib/runtime'
import { requireSession } from '../session'
import { signOutHere } from '../sign-out'
import { enterAccountAction } from './account/actions'
import { roleText } from './members/words'
import { actionsFor, placesFor } from './places'

/** The frame of all settings. Each page asks for the session itself too, see `requireSession`. */
export default async function SettingsLayout({ children }: { children: ReactNode }) {
  const [session, headerList] = await Promise.all([requireSession(), headers()])
  const { user, account } = session
  const reader = { accountId: account.id, userId: user.id, permissions: session.permissions }
  const mayBeTold = can(session, permissionsToBeTold)
  const { db } = getRuntime().database
  const [accounts, unread] = await Promise.all([
    listAccountsOf(db, user.id),
    mayBeTold ? countUnread(db, reader) : null,
  ])
  const isApple = /Mac|iPhone|iPad/.test(headerList.get('user-agent') ?? '')
  return (
    <SettingsShell
      account={account}
      user={user}
      places={placesFor(session)}
      actions={actionsFor(session)}
      accounts={accounts
        .filter(({ id }) => id !== account.id)
        .map(({ id, name, ...held }) => ({ id, name, role: roleText(held) }))}
      enter={enterAccountAction}
      shortcut={isApple ? '⌘K' : 'Ctrl K'}
      signOut={signOutHere}
      unread={unread}
    >
      {children}
    </SettingsShell>
  )
}
