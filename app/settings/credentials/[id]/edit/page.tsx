import type { Metadata } from 'next'
import { requireSession } from '@/app/session'
import { Banner } from '@/components/ui/banner'
import { PageHeader } from '@/components/ui/page-header'
import { callbackUrl } from '@/lib/oauth/connect/callback'
import { getRuntime } from '@/lib/runtime'
import { CONSENT_PARAM } from '../../connect/paths'
import { startOfCredential, startOfDraft } from '../../form/start'
import { credentialHref } from '../../paths'
import { readConsent, readDraft } from '../../preload'
import { providerMarks } from '../../provider-marks'
import { firstParams } from '../../search-params'
import { findCredential } from '../find-credential'
import { EditCredential } from './edit-credential'

type Props = PageProps<'/settings/credentials/[id]/edit'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { account } = await requireSession('credentials:update')
  return { title: `Edit ${(await findCredential(account.id, (await params).id)).answer.name}` }
}

/** Changes a credential; its secrets stay unless they are replaced. */
export default async function EditCredentialPage({ params, searchParams }: Props) {
  const { account, user } = await requireSession('credentials:update')
  const { answer: credential } = await findCredential(account.id, (await params).id)
  const query = firstParams(await searchParams)
  const draftId = query.get('draft')
  const found = draftId === null ? null : await readDraft(account.id, user.id, draftId)
  const draft = found?.credential_id === credential.id ? found : null
  const { provider } = credential
  const stored = startOfCredential(credential)
  return (
    <>
      <PageHeader title="Edit credential" back={{ href: credentialHref(credential.id), label: credential.name }} />
      {draftId !== null && !draft ? (
        <Banner tone="warning" className="mb-4 max-w-3xl">
          This draft is gone: it was saved, discarded, or a day has gone by. The form shows what is stored.
        </Banner>
      ) : null}
      <EditCredential
        // Another credential or draft is another form: nothing of this one's state goes along.
        key={draft?.id ?? credential.id}
        id={credential.id}
        redirectUri={callbackUrl(getRuntime().config.url)}
        connectedBefore={credential.connection}
        cameBack={await readConsent(account.id, user.id, query.get(CONSENT_PARAM))}
        start={draft ? startOfDraft(draft, credential) : stored}
        stored={stored.values}
        mark={provider === null ? null : (providerMarks()[provider] ?? null)}
      />
    </>
  )
}
