import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { requireSession } from '@/app/session'
import { can } from '@/lib/accounts'
import { HistoryLink } from '../../audit/history-link'
import { TroubleBanner } from '../../notifications/trouble-banner'
import { allowedTo } from '../allowed'
import { CONSENT_PARAM, REAUTHORIZE_PARAM } from '../connect/paths'
import { editHref } from '../paths'
import { readConsent } from '../preload'
import { providerMarks } from '../provider-marks'
import { firstParams } from '../search-params'
import { CredentialView } from './credential-view'
import { findCredential } from './find-credential'

type Props = PageProps<'/settings/credentials/[id]'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { account } = await requireSession('credentials:read')
  return { title: (await findCredential(account.id, (await params).id)).answer.name }
}

/** One credential, at an address of its own. */
export default async function CredentialPage({ params, searchParams }: Props) {
  const session = await requireSession('credentials:read')
  const { account, user } = session
  const credential = await findCredential(account.id, (await params).id)
  const { id, provider, grant } = credential.answer
  const given = firstParams(await searchParams)
  // Mails lead here. Where nobody can be sent to the service, a new refresh token or secret is what it takes.
  if (given.has(REAUTHORIZE_PARAM) && grant !== 'authorization_code' && can(session, 'credentials:update')) {
    redirect(editHref(id))
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <CredentialView
        // Another credential is another page: nothing of this one's state goes along.
        key={id}
        id={id}
        preloaded={credential}
        mark={provider === null ? null : (providerMarks()[provider] ?? null)}
        may={allowedTo(session)}
        cameBack={await readConsent(account.id, user.id, given.get(CONSENT_PARAM))}
        trouble={<TroubleBanner accountId={account.id} credentialId={id} on="credential" />}
      />
      <HistoryLink holder={session} targetId={id} />
    </div>
  )
}
