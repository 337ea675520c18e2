import type { Metadata } from 'next'
import Link from 'next/link'
import { MessagePage } from '@/components/shell/message-page'
import { PlainShell } from '@/components/shell/plain-shell'
import { buttonVariants } from '@/components/ui/button'

export const metadata: Metadata = { title: 'Not allowed' }

/** For those whose role does not allow what they opened. */
export default function Forbidden() {
  return (
    <PlainShell>
      <MessagePage
        title="Your role does not allow this"
        actions={
          <Link href="/settings/account" className={buttonVariants({ variant: 'primary' })}>
            Go to your account
          </Link>
        }
      >
        <p>You are signed in, but this page is for other roles. Ask the owner or an admin of your account.</p>
      </MessagePage>
    </PlainShell>
  )
}
