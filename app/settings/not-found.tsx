import type { Metadata } from 'next'
import Link from 'next/link'
import { MessagePage } from '@/components/shell/message-page'
import { buttonVariants } from '@/components/ui/button'

export const metadata: Metadata = { title: 'Page not found' }

/** Within the settings: nothing here, or something of another account, which is answered alike. */
export default function SettingsNotFound() {
  return (
    <MessagePage
      title="There is nothing at this address"
      actions={
        <Link href="/settings" className={buttonVariants({ variant: 'primary' })}>
          Go to the settings
        </Link>
      }
    >
      <p>The address may be mistyped, or what it means may belong to another account. Nothing was changed.</p>
    </MessagePage>
  )
}
