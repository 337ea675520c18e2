import { Suspense } from 'react'
import { requireSession } from '@/app/session'
import { PageHeader } from '@/components/ui/page-header'
import { can } from '@/lib/accounts'
import { personGrantor } from '@/lib/api-keys'
import { GenerateKey, GenerateKeyButton } from './generate-key'
import { KeysView } from './keys-view'
import { LeakBanner } from './leak-banner'
import { parseListState } from './list-state'
import { ListSkeleton } from './list-states'
import { listPath, REVIEW_COUNT_PATH } from './paths'
import { preloadKeyList, preloadKeyReview } from './preload'

/** Settings → API Keys. */
export default async function ApiKeysPage({ searchParams }: PageProps<'/settings/api-keys'>) {
  const session = await requireSession('keys:read')
  const { account } = session
  const state = parseListState(urlParams(await searchParams))
  const mayCreate = can(session, 'keys:create')
  return (
    <>
      <PageHeader
        title="API Keys"
        description="Each external app calls the Fenicia API with a key of its own, and can do only what the key’s scopes allow."
        action={mayCreate ? <GenerateKeyButton variant="primary">Generate new key</GenerateKeyButton> : undefined}
      />
      <Suspense>
        <LeakBanner accountId={account.id} />
      </Suspense>
      <Suspense fallback={<ListSkeleton />}>
        <Keys
          accountId={account.id}
          path={listPath(state)}
          mayCreate={mayCreate}
          mayManage={can(session, 'keys:manage')}
        />
      </Suspense>
      {mayCreate ? <GenerateKey grantable={personGrantor(session).scopes} /> : null}
    </>
  )
}

async function Keys({
  accountId,
  path,
  ...may
}: {
  accountId: string
  path: string
  mayCreate: boolean
  mayManage: boolean
}) {
  const [keys, review] = await Promise.all([
    preloadKeyList(accountId, path),
    preloadKeyReview(accountId, REVIEW_COUNT_PATH),
  ])
  return <KeysView preloaded={keys} preloadedReview={review} {...may} />
}

/** Of a parameter that is given twice, the first counts. */
function urlParams(searchParams: Record<string, string | string[] | undefined>): URLSearchParams {
  const first = Object.entries(searchParams).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value])
  return new URLSearchParams(first.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
