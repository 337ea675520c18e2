import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache, Suspense } from 'react'
import { requireSession } from '@/app/session'
import { Banner } from '@/components/ui/banner'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { Skeleton } from '@/components/ui/skeleton'
import { Status } from '@/components/ui/status'
import { can } from '@/lib/accounts'
import { isRefusal } from '@/lib/errors'
import { getRuntime } from '@/lib/runtime'
import { getWebhook } from '@/lib/webhooks'
import { WEBHOOKS_HREF, webhookStatus } from '../words'
import { EditWebhook } from './edit-webhook'
import { Messages } from './messages'
import { RotateSecret } from './rotate-secret'
import { WebhookActions } from './webhook-actions'

type Props = PageProps<'/settings/webhooks/[id]'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { account } = await requireSession('webhooks:read')
  return { title: (await find(account.id, (await params).id)).name }
}

/** One webhook, at an address of its own. */
export default async function WebhookPage({ params, searchParams }: Props) {
  const session = await requireSession('webhooks:read')
  const { account } = session
  const webhook = await find(account.id, (await params).id)
  const query = await searchParams
  const { tone, word } = webhookStatus(webhook)
  const failingSince = webhook.state === 'enabled' ? webhook.failingSince : null
  const mayManage = can(session, 'webhooks:manage')
  return (
    <>
      <PageHeader
        back={{ href: WEBHOOKS_HREF, label: 'Webhooks' }}
        title={<bdi>{webhook.name}</bdi>}
        description={<code className="font-mono text-xs">{webhook.url}</code>}
        action={mayManage ? <WebhookActions id={webhook.id} name={webhook.name} state={webhook.state} /> : undefined}
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <p className="flex flex-wrap items-center gap-x-3 text-sm">
          <Status tone={tone}>{word}</Status>
          <span className="text-muted-foreground">
            {failingSince ? 'first failed ' : null}
            <RelativeTime value={(failingSince ?? webhook.stateSince).toISOString()} />
          </span>
        </p>
        {webhook.state === 'disabled' ? (
          <Banner tone="error" title="It gets no messages any more">
            {webhook.stateReason} What has happened since is kept for it. Enable it when it takes messages again.
          </Banner>
        ) : null}
        <Card aria-labelledby="messages">
          <CardHeader>
            <CardTitle id="messages">Messages</CardTitle>
            <CardDescription>Of the last 30 days. Reload the page for what was sent since.</CardDescription>
          </CardHeader>
          <Suspense fallback={<Skeleton className="m-5 h-24" />}>
            <Messages accountId={account.id} webhookId={webhook.id} query={query} mayManage={mayManage} />
          </Suspense>
        </Card>
        {mayManage ? (
          <>
            <Card aria-labelledby="details">
              <CardHeader>
                <CardTitle id="details">Details</CardTitle>
              </CardHeader>
              <CardContent>
                <EditWebhook
                  id={webhook.id}
                  initial={{ name: webhook.name, url: webhook.url, event_types: webhook.eventTypes }}
                />
              </CardContent>
            </Card>
            <Card aria-labelledby="secret">
              <CardHeader>
                <CardTitle id="secret">Signing secret</CardTitle>
                <CardDescription>
                  {webhook.previousSecretUntil && webhook.previousSecretUntil > new Date() ? (
                    <>
                      The one before signs too until <RelativeTime value={webhook.previousSecretUntil.toISOString()} />.
                    </>
                  ) : (
                    'It can’t be shown again. If it was lost, or may be known to others, put another in its place.'
                  )}
                </CardDescription>
              </CardHeader>
              <CardContent>
                <RotateSecret id={webhook.id} />
              </CardContent>
            </Card>
          </>
        ) : null}
      </div>
    </>
  )
}

/** Read once for a request, by the title and the page. */
const find = cache(async (accountId: string, id: string) => {
  try {
    return await getWebhook(getRuntime().database.db, accountId, id)
  } catch (error) {
    if (isRefusal(error)) notFound()
    throw error
  }
})
