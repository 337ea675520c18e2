import type { Metadata } from 'next'
import { requireSession } from '@/app/session'
import { getRuntime } from '@/lib/runtime'
import { HistoryLink } from '../../audit/history-link'
import { TroubleBanner } from '../../notifications/trouble-banner'
import { callsPath, callsState } from '../calls'
import { mayOf } from '../may'
import { preloadCalls } from '../preload'
import { urlParams } from '../url-params'
import { findIntegration } from './find'
import { IntegrationView } from './integration-view'
import { RequestCard } from './request-card'

type Props = PageProps<'/settings/integrations/[id]'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { account } = await requireSession('integrations:read')
  return { title: (await findIntegration(account.id, (await params).id)).answer.name }
}

/** One integration, at an address of its own. */
export default async function IntegrationPage({ params, searchParams }: Props) {
  const session = await requireSession('integrations:read')
  const { account } = session
  const integration = await findIntegration(account.id, (await params).id)
  const origin = getRuntime().config.url
  const path = callsPath(integration.answer.id, callsState(urlParams(await searchParams)))
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <IntegrationView
        // Another integration is another page: nothing of this one's state goes along.
        key={integration.answer.id}
        id={integration.answer.id}
        origin={origin}
        preloaded={integration}
        preloadedCalls={await preloadCalls(account.id, integration.answer.id, path)}
        request={<RequestCard origin={origin} integration={integration.answer} />}
        may={mayOf(session)}
        trouble={
          <TroubleBanner
            accountId={account.id}
            credentialId={integration.answer.credential?.id ?? null}
            on="integration"
          />
        }
      />
      <HistoryLink holder={session} targetId={integration.answer.id} />
    </div>
  )
}
