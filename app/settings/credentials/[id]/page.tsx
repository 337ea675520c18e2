import type { Metadata } from 'next'
import { requireSession } from '@/app/session'
import { allowedTo } from '../allowed'
import { CONSENT_PARAM } from '../connect/paths'
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
  const { account, user, role } = await requireSession('credentials:read')
  const credential = await findCredential(account.id, (await params).id)
  const { id, provider } = credential.answer
  return (
    <CredentialView
      // Another credential is another page: nothing of this one's state goes along.
      key={id}
      id={id}
      preloaded={credential}
      mark={provider === null ? null : (providerMarks()[provider] ?? null)}
      may={allowedTo(role)}
      cameBack={await readConsent(account.id, user.id, firstParams(await searchParams).get(CONSENT_PARAM))}
    />
  )
}
