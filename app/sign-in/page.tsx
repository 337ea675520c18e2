import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { Banner } from '@/components/ui/banner'
import { hasPasskeys, isEmptyInstallation } from '@/lib/accounts'
import { localPath } from '@/lib/local-path'
import { getRuntime } from '@/lib/runtime'
import { AddressNotice } from '../address-notice'
import { Door, inlineLink } from '../door'
import { getPerson } from '../session'
import { SignInByPasskey, SignInForm } from './form'

export const metadata: Metadata = { title: 'Sign in' }

export default async function SignInPage({ searchParams }: PageProps<'/sign-in'>) {
  const { next, ended, password } = await searchParams
  const target = localPath(typeof next === 'string' ? next : undefined)
  if (await getPerson()) redirect(target)
  const { config, database } = getRuntime()
  if (await isEmptyInstallation(database.db)) redirect('/sign-up')
  return (
    <Door
      title="Sign in to Fenicia"
      below={
        <>
          <Link href="/forgot-password" className={inlineLink}>
            Forgot your password?
          </Link>
          {config.signUp === 'open' ? (
            <span className="mt-2 block">
              New here?{' '}
              <Link href="/sign-up" className={inlineLink}>
                Create an account
              </Link>
            </span>
          ) : null}
        </>
      }
    >
      <div className="grid gap-4">
        {ended === 'everywhere' ? (
          <Banner tone="success" role="status">
            You are signed out in every browser.
          </Banner>
        ) : null}
        {password === 'set' ? (
          <Banner tone="success" role="status">
            Your new password is set, and every browser is signed out. Sign in with it.
          </Banner>
        ) : null}
        {ended === 'step' ? (
          <Banner tone="warning" role="status">
            The sign-in took over 5 minutes, or was finished in another tab. Begin anew.
          </Banner>
        ) : null}
        <AddressNotice url={config.url} />
        <SignInForm next={target} />
        {hasPasskeys() ? <SignInByPasskey next={target} /> : null}
      </div>
    </Door>
  )
}
