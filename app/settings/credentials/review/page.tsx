import type { Metadata } from 'next'
import { Suspense } from 'react'
import { requireSession } from '@/app/session'
import { PageHeader } from '@/components/ui/page-header'
import { allowedTo } from '../allowed'
import type { Allowed } from '../credential-menu'
import { LIST_PATH } from '../list-state'
import { ListSkeleton } from '../list-states'
import { reviewPath } from '../paths'
import { preloadCredentialReview } from '../preload'
import { ReviewView } from './review-view'
import { type CredentialFinding, isFinding } from './words'

export const metadata: Metadata = { title: 'Review credentials' }

/** Settings → Credentials → Review. */
export default async function ReviewPage({ searchParams }: PageProps<'/settings/credentials/review'>) {
  const session = await requireSession('credentials:read')
  const { account } = session
  const { cursor, finding } = await searchParams
  return (
    <>
      <PageHeader
        back={{ href: LIST_PATH, label: 'Credentials' }}
        title="Review credentials"
        description="Credentials that somebody should look at, and why. Mend what fails, delete what nobody needs, and keep what you do."
      />
      <Suspense fallback={<ListSkeleton />}>
        <Review
          accountId={account.id}
          finding={isFinding(finding) ? finding : null}
          cursor={typeof cursor === 'string' ? cursor : undefined}
          may={allowedTo(session)}
        />
      </Suspense>
    </>
  )
}

async function Review({
  accountId,
  finding,
  cursor,
  may,
}: {
  accountId: string
  finding: CredentialFinding | null
  cursor: string | undefined
  may: Allowed
}) {
  return <ReviewView preloaded={await preloadCredentialReview(accountId, reviewPath(finding, cursor))} may={may} />
}
