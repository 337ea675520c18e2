import type { Metadata } from 'next'
import { requireSession } from '@/app/session'
import { PageHeader } from '@/components/ui/page-header'
import { getRuntime } from '@/lib/runtime'
import { IntegrationForm } from '../../form/integration-form'
import { credentialsPath, integrationHref } from '../../paths'
import { preloadCredential, preloadCredentialList } from '../../preload'
import { findIntegration } from '../find'

type Props = PageProps<'/settings/integrations/[id]/edit'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { account } = await requireSession('integrations:update')
  return { title: `Edit ${(await findIntegration(account.id, (await params).id)).answer.name}` }
}

/** A change of an integration. */
export default async function EditIntegrationPage({ params }: Props) {
  const { account } = await requireSession('integrations:update')
  const { answer: integration } = await findIntegration(account.id, (await params).id)
  const [credentials, chosen] = await Promise.all([
    preloadCredentialList(account.id, credentialsPath(integration.environment)),
    integration.credential ? preloadCredential(account.id, integration.credential.id) : null,
  ])
  return (
    <>
      <PageHeader
        back={{ href: integrationHref(integration.id), label: integration.name }}
        title="Edit integration"
        description="The next call through it already follows what you save."
      />
      <IntegrationForm
        key={integration.id}
        origin={getRuntime().config.url}
        integration={integration}
        preloadedCredentials={credentials}
        preloadedCredential={chosen}
      />
    </>
  )
}
