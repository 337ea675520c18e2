import { Bell } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { NoMailServer } from '@/app/no-mail-server'
import { requireSession } from '@/app/session'
import { LikelyLink } from '@/components/shell/likely-link'
import { buttonVariants } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { countUnread, getPreferences, listNotices, permissionsToBeTold } from '@/lib/notifications'
import { getRuntime } from '@/lib/runtime'
import { NoticeItem } from './notice-item'
import { MarkAllRead } from './notice-list'
import { PreferencesForm } from './preferences-form'

export const metadata: Metadata = { title: 'Notifications' }

/** What the person was told of, and how they want to hear of things. */
export default async function NotificationsPage({ searchParams }: PageProps<'/settings/notifications'>) {
  const session = await requireSession(permissionsToBeTold)
  const { account, user } = session
  const { before } = await searchParams
  const { db } = getRuntime().database
  // Before they are read: what comes meanwhile may not be among them.
  const readAt = new Date().toISOString()
  const reader = { accountId: account.id, userId: user.id, permissions: session.permissions }
  const [{ notices, next }, unread, preferences] = await Promise.all([
    listNotices(db, reader, typeof before === 'string' ? before : null),
    countUnread(db, reader),
    getPreferences(db, reader, session),
  ])
  return (
    <>
      <PageHeader
        title="Notifications"
        description="What happened to credentials, API keys and webhooks, and how you hear of it."
        action={unread > 0 ? <MarkAllRead until={readAt} /> : undefined}
      />
      <div className="grid gap-4">
        <NoMailServer />
        <Card aria-label="Notices">
          {notices.length === 0 ? (
            <EmptyState
              icon={<Bell />}
              title={before ? 'No older notices' : 'No notices yet'}
              description="When a service has to be re-authorized, a secret is about to end, or somebody changes an API key, it stands here."
            />
          ) : (
            <ul className="divide-y divide-border">
              {notices.map((notice) => (
                <NoticeItem key={notice.id} notice={notice} />
              ))}
            </ul>
          )}
          {before || next ? (
            <nav aria-label="Pages" className="flex justify-between gap-2 border-border border-t px-5 py-3">
              {before ? (
                <Link href="/settings/notifications" className={buttonVariants({ size: 'sm' })}>
                  Newest
                </Link>
              ) : null}
              {next ? (
                <Link
                  href={`/settings/notifications?before=${next}`}
                  className={buttonVariants({ size: 'sm', className: 'ml-auto' })}
                >
                  Older
                </Link>
              ) : null}
            </nav>
          ) : null}
        </Card>
        <Card aria-labelledby="choices">
          <CardHeader>
            <CardTitle id="choices">How you hear of it</CardTitle>
            <CardDescription>
              One e-mail when something begins, and reminders after 1, 3 and 7 days while it lasts. What fails together
              is one e-mail. They go to {user.email}; their language is chosen in{' '}
              <LikelyLink href="/settings/account" className="underline underline-offset-4">
                Account
              </LikelyLink>
              .
            </CardDescription>
          </CardHeader>
          <CardContent>
            <PreferencesForm preferences={preferences} />
          </CardContent>
        </Card>
      </div>
    </>
  )
}
