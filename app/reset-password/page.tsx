import type { Metadata } from 'next'
import Link from 'next/link'
import { Door, inlineLink } from '../door'
import { ResetPassword } from './reset-password'

export const metadata: Metadata = { title: 'Set a new password', referrer: 'no-referrer' }

/** Where the link of the mail leads; what it holds stands in the fragment, which only the browser reads. */
export default function ResetPasswordPage() {
  return (
    <Door
      title="Set a new password"
      below={
        <Link href="/sign-in" className={inlineLink}>
          Back to sign-in
        </Link>
      }
    >
      <noscript>
        <p>This page needs JavaScript: what the link holds is read by your browser alone.</p>
      </noscript>
      <ResetPassword />
    </Door>
  )
}
