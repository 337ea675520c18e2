import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { buttonVariants } from '@/components/ui/button'
import { isEmptyInstallation } from '@/lib/accounts'
import { getRuntime } from '@/lib/runtime'
import { AddressNotice } from '../address-notice'
import { Door, inlineLink } from '../door'
import { getPerson } from '../session'
import { SignUpForm } from './form'

export const metadata: Metadata = { title: 'Create an account' }

export default async function SignUpPage() {
  if (await getPerson()) redirect('/')
  const { config, database } = getRuntime()
  if (await isEmptyInstallation(database.db)) {
    return (
      <Door title="Welcome to Fenicia" lead="This is a new installation: you create its first account, and own it.">
        <SignUp url={config.url} />
      </Door>
    )
  }
  if (config.signUp === 'closed') return <SignUpClosed />
  return (
    <Door
      title="Create an account"
      below={
        <>
          Have an account?{' '}
          <Link href="/sign-in" className={inlineLink}>
            Sign in
          </Link>
        </>
      }
    >
      <SignUp url={config.url} />
    </Door>
  )
}

function SignUp({ url }: { url: string }) {
  return (
    <div className="grid gap-4">
      <AddressNotice url={url} />
      <SignUpForm />
    </div>
  )
}

function SignUpClosed() {
  return (
    <Door title="Sign-up is closed">
      <div className="grid gap-4">
        <p>
          This Fenicia has its account already and takes no others by itself. To join it, ask for an invitation there;
          whoever runs the server can make you another one.
        </p>
        <Link href="/sign-in" className={buttonVariants({ variant: 'primary', size: 'lg' })}>
          Sign in
        </Link>
      </div>
    </Door>
  )
}
