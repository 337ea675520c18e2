import type { Metadata } from 'next'
import { requireSession } from '@/app/session'
import { PageHeader } from '@/components/ui/page-header'
import { getRuntime } from '@/lib/runtime'
import { IntegrationForm } from '../form/integration-form'
import { credentialsPath, LIST_PATH } from '../paths'
import { preloadCredential, preloadCredentialList } from '../preload'

export const metadata: Metadata = { title: 'Add integration' }

/** A new integration, with the credential that the address names. */
export default async function NewIntegrationPage({ searchParams }: PageProps<'/settings/integrations/new'>) {
  const { account } = await requireSession('integrations:create')
  const { credential } = await searchParams
  const wanted = typeof credential === 'string' ? credential : ''
  const chosen = wanted ? await preloadCredential(account.id, wanted) : null
  const environment = chosen?.answer.environment ?? 'live'
  const credentials = await preloadCredentialList(account.id, credentialsPath(environment))
  return (
    <>
      <PageHeader
        back={{ href: LIST_PATH, label: 'Integrations' }}
        title="Add integration"
        description="Which credential, which address, which calls. Apps with the scope integrations:use can call it at once."
      />
      <IntegrationForm
        origin={getRuntime().config.url}
        integration={null}
        // What is not there can't be chosen.
        credentialId={chosen?.answer.id}
        environment={environment}
        preloadedCredentials={credentials}
        preloadedCredential={chosen}
      />
    </>
  )
}
