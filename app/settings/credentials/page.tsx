import Link from 'next/link'
import { Suspense } from 'react'
import { requireSession } from '@/app/session'
import { buttonVariants } from '@/components/ui/button'
import { PageHeader } from '@/components/ui/page-header'
import { allowedTo } from './allowed'
import type { Allowed } from './credential-menu'
import { CredentialsView } from './credentials-view'
import { parseListState } from './list-state'
import { ListSkeleton } from './list-states'
import { listPath, NEW_HREF, REVIEW_COUNT_PATH } from './paths'
import { preloadCredentialList, preloadCredentialReview, preloadDrafts } from './preload'
import { providerMarks } from './provider-marks'
import { firstParams } from './search-params'

/** Settings → Credentials. */
export default async function CredentialsPage({ searchParams }: PageProps<'/settings/credentials'>) {
  const session = await requireSession('credentials:read')
  const { account, user } = session
  const state = parseListState(firstParams(await searchParams))
  const may = allowedTo(session)
  return (
    <>
      <PageHeader
        title="Credentials"
        description="Secrets of external services that Fenicia calls for you. They are stored encrypted and only used by integrations."
        action={
          may.create ? (
            <Link href={NEW_HREF} className={buttonVariants({ variant: 'primary' })}>
              Add credential
            </Link>
          ) : undefined
        }
      />
      <Suspense fallback={<ListSkeleton />}>
        <Credentials accountId={account.id} userId={user.id} path={listPath(state)} may={may} />
      </Suspense>
    </>
  )
}

async function Credentials({
  accountId,
  userId,
  path,
  may,
}: {
  accountId: string
  userId: string
  path: string
  may: Allowed
}) {
  const [credentials, drafts, review] = await Promise.all([
    preloadCredentialList(accountId, path),
    may.test ? preloadDrafts(accountId, userId) : null,
    preloadCredentialReview(accountId, REVIEW_COUNT_PATH),
  ])
  return (
    <CredentialsView
      preloaded={credentials}
      preloadedDrafts={drafts}
      preloadedReview={review}
      marks={providerMarks()}
      may={may}
    />
  )
}
