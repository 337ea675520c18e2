import type { Metadata } from 'next'
import Link from 'next/link'
import { getRuntime } from '@/lib/runtime'
import { AddressNotice } from '../address-notice'
import { Door, inlineLink } from '../door'
import { NoMailServer } from '../no-mail-server'
import { ForgotPasswordForm } from './form'

export const metadata: Metadata = { title: 'Forgot password' }

/** Also for whoever is signed in, and no longer knows with which password. */
export default function ForgotPasswordPage() {
  return (
    <Door
      title="Forgot your password?"
      lead="We send you a link by e-mail, to set a new one."
      below={
        <Link href="/sign-in" className={inlineLink}>
          Back to sign-in
        </Link>
      }
    >
      <div className="grid gap-4">
        <AddressNotice url={getRuntime().config.url} />
        <NoMailServer />
        <ForgotPasswordForm />
      </div>
    </Door>
  )
}
