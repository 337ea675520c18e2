import type { Metadata } from 'next'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { can, getLanguage, getProfile, listAccountsOf, listFactors, listSessions } from '@/lib/accounts'
import { getRuntime } from '@/lib/runtime'
import { requireSession } from '../../session'
import { Accounts } from './accounts'
import { AnotherAccountForm } from './another-account-form'
import { AccountNameForm, LanguageForm, NameForm, PasswordForm } from './forms'
import { SecondFactor } from './second-factor/second-factor'
import { shownFactors } from './second-factor/shown'
import { Sessions } from './sessions'
import { SignOutEverywhere } from './sign-out-everywhere'
import { roleInWords, shownSession } from './words'

export const metadata: Metadata = { title: 'Account' }

export default async function AccountPage() {
  const session = await requireSession()
  const { db } = getRuntime().database
  const [{ passwordChangedAt }, language, accounts, factors, sessions] = await Promise.all([
    getProfile(db, session),
    getLanguage(db, session.user.id),
    listAccountsOf(db, session.user.id),
    listFactors(db, session.user.id),
    listSessions(db, session),
  ])
  return (
    <>
      <PageHeader title="Account" description="Who you are here, and how you sign in." />
      <div className="grid gap-4">
        <Card aria-labelledby="you">
          <CardHeader>
            <CardTitle id="you">You</CardTitle>
            <CardDescription>
              You are {roleInWords(session)} of {session.account.name}.
            </CardDescription>
          </CardHeader>
          <CardContent>
            <NameForm name={session.user.name} email={session.user.email} />
          </CardContent>
        </Card>
        <Card aria-labelledby="language">
          <CardHeader>
            <CardTitle id="language">Language</CardTitle>
            <CardDescription>What Fenicia writes to {session.user.email}. Its pages are in English.</CardDescription>
          </CardHeader>
          <CardContent>
            <LanguageForm language={language} />
          </CardContent>
        </Card>
        {can(session, 'policies:update') ? (
          <Card aria-labelledby="this-account">
            <CardHeader>
              <CardTitle id="this-account">This account</CardTitle>
              <CardDescription>
                Your team sees its name here, and in their e-mails. Entries of the audit log keep the name before.
              </CardDescription>
            </CardHeader>
            <CardContent>
              <AccountNameForm name={session.account.name} />
            </CardContent>
          </Card>
        ) : null}
        {accounts.length > 1 || !can(session, 'account:hand_over') ? (
          <Card aria-labelledby="accounts">
            <CardHeader>
              <CardTitle id="accounts">Your accounts</CardTitle>
              <CardDescription>
                {accounts.length > 1
                  ? 'You are a member of several. Each sign-in begins in the first one.'
                  : 'The account that you are a member of.'}
              </CardDescription>
            </CardHeader>
            <CardContent>
              <Accounts
                accounts={accounts.map(({ id, name, ...held }) => ({
                  id,
                  name,
                  role: roleInWords(held),
                  mayLeave: !can(held, 'account:hand_over'),
                }))}
                currentId={session.account.id}
              />
            </CardContent>
          </Card>
        ) : null}
        {getRuntime().config.signUp === 'open' ? (
          <Card aria-labelledby="another-account">
            <CardHeader>
              <CardTitle id="another-account">Another account</CardTitle>
              <CardDescription>
                For another shop of yours: with keys, credentials and members of its own.
              </CardDescription>
            </CardHeader>
            <CardContent>
              <AnotherAccountForm />
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
            <PasswordForm
              email={session.user.email}
              known={[session.user.email, session.user.name, session.account.name]}
            />
          </CardContent>
        </Card>
        <Card aria-labelledby="second-factor">
          <CardHeader>
            <CardTitle id="second-factor">Second factor</CardTitle>
            <CardDescription>
              Something that you have, besides the password that you know: whoever learns your password can’t sign in
              without it.
            </CardDescription>
          </CardHeader>
          <CardContent>
            <SecondFactor factors={shownFactors(factors)} />
          </CardContent>
        </Card>
        <Card aria-labelledby="sessions">
          <CardHeader>
            <CardTitle id="sessions">Where you are signed in</CardTitle>
            <CardDescription>
              A browser stays signed in for 12 hours without use, and 30 days at most. Lost a device, or used one that
              is not yours? Sign it out, or all at once.
            </CardDescription>
          </CardHeader>
          <CardContent className="grid gap-4">
            <Sessions sessions={sessions.map(shownSession)} />
            <div>
              <SignOutEverywhere />
            </div>
          </CardContent>
        </Card>
      </div>
    </>
  )
}
