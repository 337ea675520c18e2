import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { Button, buttonVariants } from '@/components/ui/button'
import { listAccountsOf, listFactors, type Session } from '@/lib/accounts'
import { getRuntime } from '@/lib/runtime'
import { Door } from '../door'
import { getPerson } from '../session'
import { Accounts } from '../settings/account/accounts'
import { SecondFactor } from '../settings/account/second-factor/second-factor'
import { shownFactors } from '../settings/account/second-factor/shown'
import { roleInWords } from '../settings/account/words'
import { signOutHere } from '../sign-out'

export const metadata: Metadata = { title: 'Set up a second factor' }

/**
 * Where whoever lacks the second factor that their account asks for sets one up; all else of the account leads here. Stays
 * when they have done so, since it shows their recovery codes.
 */
export default async function SetUpSecondFactorPage() {
  const person = await getPerson()
  if (!person) redirect('/sign-in')
  const { db } = getRuntime().database
  const [factors, accounts] = await Promise.all([listFactors(db, person.user.id), listAccountsOf(db, person.user.id)])
  const hasOne = factors.authenticatorSince !== null || factors.passkeys.length > 0
  return (
    <Door
      title={hasOne && !person.lacksSecondFactor ? 'Your second factor is set up' : 'Set up a second factor'}
      lead={leadText(person, hasOne)}
      below={null}
    >
      <div className="grid gap-5">
        <h2 className="font-semibold">Choose what suits you</h2>
        <SecondFactor factors={shownFactors(factors)} />
        {person.lacksSecondFactor ? null : (
          <Link href="/" className={buttonVariants({ variant: 'primary', size: 'lg' })}>
            Continue to {person.account.name}
          </Link>
        )}
        {person.lacksSecondFactor && accounts.length > 1 ? (
          <section aria-labelledby="accounts" className="border-border border-t pt-4">
            <h2 id="accounts" className="mb-2 font-semibold">
              Your other accounts
            </h2>
            <Accounts
              accounts={accounts.map(({ id, name, ...held }) => ({ id, name, role: roleInWords(held) }))}
              currentId={person.account.id}
            />
          </section>
        ) : null}
        <form action={signOutHere} className="border-border border-t pt-4">
          <Button type="submit">Sign out</Button>
        </form>
      </div>
    </Door>
  )
}

/** @param hasOne of some kind, be it one that the account does not take for one */
function leadText({ lacksSecondFactor, account }: Session, hasOne: boolean): string {
  if (lacksSecondFactor) {
    return `${account.name} asks its people for one. Until you have yours, nothing of the account is shown to you.`
  }
  return hasOne ? 'From now on you are asked for it when you sign in.' : `${account.name} does not ask for one.`
}
