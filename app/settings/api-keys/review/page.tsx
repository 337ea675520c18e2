import type { Metadata } from 'next'
import { Suspense } from 'react'
import { requireSession } from '@/app/session'
import { PageHeader } from '@/components/ui/page-header'
import { can } from '@/lib/accounts'
import { findOpenBulkRevocation } from '@/lib/api-keys'
import { getRuntime } from '@/lib/runtime'
import { LIST_PATH } from '../list-state'
import { ListSkeleton } from '../list-states'
import { reviewPath } from '../paths'
import { preloadKeyList, preloadRevocation } from '../preload'
import { ReviewView } from './review-view'

export const metadata: Metadata = { title: 'Review API keys' }

/** Settings → API Keys → Review. */
export default async function ReviewPage({ searchParams }: PageProps<'/settings/api-keys/review'>) {
  const { account, role } = await requireSession('keys:read')
  const { cursor, revocation } = await searchParams
  return (
    <>
      <PageHeader
        back={{ href: LIST_PATH, label: 'API Keys' }}
        title="Review API keys"
        description="Keys that were never used for 30 days, or not used for 90. Revoke what nobody needs: a key that is forgotten can still be misused."
      />
      <Suspense fallback={<ListSkeleton />}>
        <Review
          accountId={account.id}
          cursor={typeof cursor === 'string' ? cursor : undefined}
          revocation={typeof revocation === 'string' ? revocation : null}
          mayManage={can(role, 'keys:manage')}
        />
      </Suspense>
    </>
  )
}

async function Review({
  accountId,
  cursor,
  revocation,
  mayManage,
}: {
  accountId: string
  cursor: string | undefined
  revocation: string | null
  mayManage: boolean
}) {
  const openRevocation = revocation ? null : await findOpenBulkRevocation(getRuntime().database.db, accountId)
  const shown = revocation ?? openRevocation
  const [keys, progress] = await Promise.all([
    preloadKeyList(accountId, reviewPath(cursor)),
    shown ? preloadRevocation(accountId, shown) : null,
  ])
  return (
    <ReviewView preloaded={keys} preloadedProgress={progress} openRevocation={openRevocation} mayManage={mayManage} />
  )
}
