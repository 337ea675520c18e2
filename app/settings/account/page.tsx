import type { Metadata } from 'next'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { getProfile, listAccountsOf, type Role } from '@/lib/accounts'
import { getRuntime } from '@/lib/runtime'
import { requireSession } from '../../session'
import { Accounts } from './accounts'
import { NameForm, PasswordForm } from './forms'
import { SignOutEverywhere } from './sign-out-everywhere'

export const metadata: Metadata = { title: 'Account' }

/** What somebody is to an account, before "of". */
const roleWords: Record<Role, string> = {
  owner: 'the owner',
  admin: 'an admin',
  manager: 'a manager',
  staff: 'on the staff',
}

export default async function AccountPage() {
  const session = await requireSession()
  const { db } = getRuntime().database
  const [{ passwordChangedAt }, accounts] = await Promise.all([
    getProfile(db, session),
    listAccountsOf(db, session.user.id),
  ])
  return (
    <>
      <PageHeader title="Account" description="Who you are here, and how you sign in." />
      <div className="grid gap-4">
        <Card aria-labelledby="you">
          <CardHeader>
            <CardTitle id="you">You</CardTitle>
            <CardDescription>
              You are {roleWords[session.role]} of {session.account.name}.
            </CardDescription>
          </CardHeader>
          <CardContent>
            <NameForm name={session.user.name} email={session.user.email} />
          </CardContent>
        </Card>
        {accounts.length > 1 ? (
          <Card aria-labelledby="accounts">
            <CardHeader>
              <CardTitle id="accounts">Your accounts</CardTitle>
              <CardDescription>You are a member of several. Each sign-in begins in the first one.</CardDescription>
            </CardHeader>
            <CardContent>
              <Accounts
                accounts={accounts.map(({ id, name, role }) => ({ id, name, role: roleWords[role] }))}
                currentId={session.account.id}
              />
            </CardContent>
          </Card>
        ) : null}
        <Card aria-labelledby="password">
          <CardHeader>
            <CardTitle id="password">Password</CardTitle>
            <CardDescription>
              Last changed <RelativeTime value={passwordChangedAt.toISOString()} />. A new password signs you out in
              every other browser.
            </CardDescription>
          </CardHeader>
          <CardContent>
            <PasswordForm email={session.user.email} />
          </CardContent>
        </Card>
        <Card aria-labelledby="sessions">
          <CardHeader>
            <CardTitle id="sessions">Sessions</CardTitle>
            <CardDescription>
              A browser stays signed in for 12 hours without use, and 30 days at most. Lost a device, or used one that
              is not yours? End all sessions at once.
            </CardDescription>
          </CardHeader>
          <CardContent>
            <SignOutEverywhere />
          </CardContent>
        </Card>
      </div>
    </>
  )
}
