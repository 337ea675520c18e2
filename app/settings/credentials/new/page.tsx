import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { requireSession } from '@/app/session'
import { Banner } from '@/components/ui/banner'
import { PageHeader } from '@/components/ui/page-header'
import type { Environment } from '@/lib/api-keys'
import { findProvider, providers } from '@/lib/credentials'
import { type ProviderGroup, providerGroups } from '@/lib/credentials/catalogue'
import { callbackUrl } from '@/lib/oauth/connect/callback'
import { getRuntime } from '@/lib/runtime'
import { CONSENT_PARAM } from '../connect/paths'
import { emptyValues, templateFor, templateValues } from '../form/initial'
import { startOfDraft } from '../form/start'
import { LIST_PATH } from '../list-state'
import { draftHref, OTHER_SERVICE } from '../paths'
import { readConsent, readDraft } from '../preload'
import { providerMarks } from '../provider-marks'
import { firstParams } from '../search-params'
import { typeNames } from '../words'
import { NewCredential } from './new-credential'
import { ProviderPicker } from './provider-picker'

export const metadata: Metadata = { title: 'Add credential' }

const groupTitles: Record<ProviderGroup, string> = {
  marketplaces: 'Marketplaces and shops',
  payments: 'Payments',
  carriers: 'Carriers',
  erp: 'ERP and accounting',
  analytics: 'Analytics and marketing',
}

/** A new credential, in two steps: the service, then the form. */
export default async function NewCredentialPage({ searchParams }: PageProps<'/settings/credentials/new'>) {
  const { account, user } = await requireSession('credentials:create')
  const params = firstParams(await searchParams)
  const environment: Environment = params.get('environment') === 'test' ? 'test' : 'live'
  const draftId = params.get('draft')
  const draft = draftId === null ? null : await readDraft(account.id, user.id, draftId)
  if (draft?.credential_id) redirect(draftHref(draft))
  const marks = providerMarks()
  const redirectUri = callbackUrl(getRuntime().config.url)
  if (draft) {
    const start = startOfDraft(draft)
    const { provider } = start.values
    return (
      <Step>
        <NewCredential
          key={draft.id}
          start={start}
          mark={provider === null ? null : (marks[provider] ?? null)}
          provider={null}
          redirectUri={redirectUri}
          cameBack={await readConsent(account.id, user.id, params.get(CONSENT_PARAM))}
        />
      </Step>
    )
  }
  const chosen = params.get('provider') ?? ''
  const provider = findProvider(chosen)
  if (chosen === OTHER_SERVICE || provider) {
    const { id, name, monogram, variables = [], templates } = provider ?? { id: chosen, templates: [] }
    const shown = templates.map(({ integration: _, ...shown }) => shown)
    const known = name && monogram ? { id, name, monogram, variables, templates: shown } : null
    const first = known?.templates[templateFor(known, 0, environment)]
    const values = known && first ? templateValues(known, first, {}, environment) : { ...emptyValues(), environment }
    return (
      <Step>
        <NewCredential
          key={id}
          start={{ values, stored: null, draftId: null, lastResult: undefined, connection: null }}
          mark={known && { name: known.name, monogram: known.monogram }}
          provider={known}
          redirectUri={redirectUri}
          cameBack={null}
        />
      </Step>
    )
  }
  return (
    <Step description="Choose the service that Fenicia will call. The form is then filled in as far as its documentation says.">
      {draftId === null ? null : (
        <Banner tone="warning" className="mb-4 max-w-3xl">
          This draft is gone: it was saved, discarded, or a day has gone by.
        </Banner>
      )}
      <ProviderPicker
        environment={environment}
        groups={providerGroups.map((group) => ({ title: groupTitles[group], providers: of(group) }))}
      />
    </Step>
  )
}

function Step({ description, children }: { description?: string; children: React.ReactNode }) {
  return (
    <>
      <PageHeader title="Add credential" description={description} back={{ href: LIST_PATH, label: 'Credentials' }} />
      {children}
    </>
  )
}

function of(group: ProviderGroup) {
  return providers
    .filter((provider) => provider.group === group)
    .map(({ id, name, monogram, templates }) => ({
      id,
      name,
      monogram,
      kinds: [...new Set(templates.map(({ settings }) => typeNames[settings.type]))].join(', '),
    }))
}
