import { Webhook } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { requireSession } from '@/app/session'
import { buttonVariants } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { Status } from '@/components/ui/status'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import { can } from '@/lib/accounts'
import { getRuntime } from '@/lib/runtime'
import { listWebhooks, type WebhookWithCounts } from '@/lib/webhooks'
import { WEBHOOKS_HREF, webhookHref, webhookStatus } from './words'

export const metadata: Metadata = { title: 'Webhooks' }

/** Settings → Webhooks. */
export default async function WebhooksPage() {
  const session = await requireSession('webhooks:read')
  const { account } = session
  const webhooks = await listWebhooks(getRuntime().database.db, account.id)
  const add = can(session, 'webhooks:manage') ? (
    <Link href={`${WEBHOOKS_HREF}/new`} className={buttonVariants({ variant: 'primary' })}>
      Add webhook
    </Link>
  ) : undefined
  return (
    <>
      <PageHeader
        title="Webhooks"
        description="Addresses of yours that are told of what happens here, with messages that are signed."
        action={webhooks.length > 0 ? add : undefined}
      />
      <Card aria-label="Webhooks">
        {webhooks.length === 0 ? (
          <EmptyState
            icon={<Webhook />}
            title="No webhooks yet"
            description="A webhook tells your own systems when a key is revoked, a token leaks or a service has to be re-authorized."
            action={add}
          />
        ) : (
          <WebhooksTable webhooks={webhooks} />
        )}
      </Card>
    </>
  )
}

function WebhooksTable({ webhooks }: { webhooks: WebhookWithCounts[] }) {
  return (
    <Table aria-label="Webhooks">
      <TableHeader>
        <TableRow>
          <TableHead>Name</TableHead>
          <TableHead>Status</TableHead>
          <TableHead>Events</TableHead>
          <TableHead>Waiting</TableHead>
          <TableHead>Created</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {webhooks.map((webhook) => {
          const { tone, word } = webhookStatus(webhook)
          return (
            <TableRow key={webhook.id}>
              <TableCell wrap>
                <div>
                  <Link
                    href={webhookHref(webhook.id)}
                    prefetch={false}
                    className="rounded font-medium underline decoration-border underline-offset-2 hover:decoration-current"
                  >
                    <bdi>{webhook.name}</bdi>
                  </Link>
                  <code className="block font-mono text-muted-foreground text-xs [overflow-wrap:anywhere]">
                    {webhook.url}
                  </code>
                </div>
              </TableCell>
              <TableCell label="Status">
                <Status tone={tone}>{word}</Status>
              </TableCell>
              <TableCell label="Events">{webhook.eventTypes === null ? 'All' : webhook.eventTypes.length}</TableCell>
              <TableCell label="Waiting" className="tabular-nums">
                {webhook.waiting.toLocaleString('en')}
              </TableCell>
              <TableCell label="Created">
                <RelativeTime value={webhook.createdAt.toISOString()} />
              </TableCell>
            </TableRow>
          )
        })}
      </TableBody>
    </Table>
  )
}
