import type { Metadata } from 'next'
import { requireSession } from '@/app/session'
import { PageHeader } from '@/components/ui/page-header'
import { WEBHOOKS_HREF } from '../words'
import { NewWebhook } from './new-webhook'

export const metadata: Metadata = { title: 'Add webhook' }

/** Settings → Webhooks → Add webhook. */
export default async function NewWebhookPage() {
  await requireSession('webhooks:manage')
  return (
    <>
      <PageHeader
        back={{ href: WEBHOOKS_HREF, label: 'Webhooks' }}
        title="Add webhook"
        description="An address of yours that is told of what happens in this account, as it happens."
      />
      <NewWebhook />
    </>
  )
}
