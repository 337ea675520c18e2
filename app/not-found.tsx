import type { Metadata } from 'next'
import Link from 'next/link'
import { MessagePage } from '@/components/shell/message-page'
import { PlainShell } from '@/components/shell/plain-shell'
import { buttonVariants } from '@/components/ui/button'

export const metadata: Metadata = { title: 'Page not found' }

/** An address that leads nowhere, or to something of another account: the answer is the same. */
export default function NotFound() {
  return (
    <PlainShell>
      <MessagePage
        title="There is nothing at this address"
        actions={
          <Link href="/" className={buttonVariants({ variant: 'primary' })}>
            Go to the settings
          </Link>
        }
      >
        <p>The address may be mistyped, or what it means may belong to another account. Nothing was changed.</p>
      </MessagePage>
    </PlainShell>
  )
}
