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
import { preloadKeyReview, preloadRevocation } from '../preload'
import { ReviewView } from './review-view'
import { isFinding, type KeyFinding } from './words'

export const metadata: Metadata = { title: 'Review API keys' }

/** Settings → API Keys → Review. */
export default async function ReviewPage({ searchParams }: PageProps<'/settings/api-keys/review'>) {
  const session = await requireSession('keys:read')
  const { account } = session
  const { cursor, revocation, finding } = await searchParams
  return (
    <>
      <PageHeader
        back={{ href: LIST_PATH, label: 'API Keys' }}
        title="Review API keys"
        description="Keys that somebody should look at, and why. Revoke what nobody needs, and keep what you do: a key that is forgotten can still be misused."
      />
      <Suspense fallback={<ListSkeleton />}>
        <Review
          accountId={account.id}
          finding={isFinding(finding) ? finding : null}
          cursor={typeof cursor === 'string' ? cursor : undefined}
          revocation={typeof revocation === 'string' ? revocation : null}
          mayManage={can(session, 'keys:manage')}
        />
      </Suspense>
    </>
  )
}

async function Review({
  accountId,
  finding,
  cursor,
  revocation,
  mayManage,
}: {
  accountId: string
  finding: KeyFinding | null
  cursor: string | undefined
  revocation: string | null
  mayManage: boolean
}) {
  const openRevocation = revocation ? null : await findOpenBulkRevocation(getRuntime().database.db, accountId)
  const shown = revocation ?? openRevocation
  const [keys, progress] = await Promise.all([
    preloadKeyReview(accountId, reviewPath(finding, cursor)),
    shown ? preloadRevocation(accountId, shown) : null,
  ])
  return (
    <ReviewView preloaded={keys} preloadedProgress={progress} openRevocation={openRevocation} mayManage={mayManage} />
  )
}
