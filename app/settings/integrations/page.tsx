import Link from 'next/link'
import { Suspense } from 'react'
import { requireSession } from '@/app/session'
import { buttonVariants } from '@/components/ui/button'
import { PageHeader } from '@/components/ui/page-header'
import { can } from '@/lib/accounts'
import { IntegrationsView } from './integrations-view'
import { listPath, parseListState } from './list-state'
import { ListSkeleton } from './list-states'
import { type May, mayOf } from './may'
import { CREDENTIAL_COUNT_PATH, NEW_HREF } from './paths'
import { preloadCredentialList, preloadIntegrationList } from './preload'
import { urlParams } from './url-params'

/** Settings → Integrations. */
export default async function IntegrationsPage({ searchParams }: PageProps<'/settings/integrations'>) {
  const session = await requireSession('integrations:read')
  const { account } = session
  const state = parseListState(urlParams(await searchParams))
  return (
    <>
      <PageHeader
        title="Integrations"
        description="Apps call external services through an integration: Fenicia adds the secret, and no app ever sees it."
        action={
          can(session, 'integrations:create') ? (
            <Link href={NEW_HREF} className={buttonVariants({ variant: 'primary' })}>
              Add integration
            </Link>
          ) : undefined
        }
      />
      <Suspense fallback={<ListSkeleton />}>
        <Integrations accountId={account.id} path={listPath(state)} may={mayOf(session)} />
      </Suspense>
    </>
  )
}

async function Integrations({ accountId, path, may }: { accountId: string; path: string; may: May }) {
  const [integrations, credentials] = await Promise.all([
    preloadIntegrationList(accountId, path),
    preloadCredentialList(accountId, CREDENTIAL_COUNT_PATH),
  ])
  return <IntegrationsView preloaded={integrations} preloadedCredentials={credentials} may={may} />
}
