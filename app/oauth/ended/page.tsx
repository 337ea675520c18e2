import type { Metadata } from 'next'
import { getSession } from '@/app/session'
import { CONSENT_PARAM, endHref, REFUSED_PARAM } from '@/app/settings/credentials/connect/paths'
import { endWords, refusalWords } from '@/app/settings/credentials/connect/words'
import { LIST_PATH } from '@/app/settings/credentials/list-state'
import { readConsent } from '@/app/settings/credentials/preload'
import { firstParams } from '@/app/settings/credentials/search-params'
import { PlainShell } from '@/components/shell/plain-shell'
import type { ConsentView } from '@/lib/credentials'
import { Ended } from './ended'

export const metadata: Metadata = { title: 'Connecting a service', referrer: 'no-referrer' }

const NOTHING = {
  tone: 'warning',
  title: 'There is nothing to see here',
  text: 'Connect a service on the page of a credential.',
} as const

/** The last page of a pop-up in which somebody has consented, and of a callback that was none: it says how it ended. */
export default async function EndedPage({ searchParams }: PageProps<'/oauth/ended'>) {
  const params = firstParams(await searchParams)
  const session = await getSession()
  const consent = session && (await readConsent(session.account.id, session.user.id, params.get(CONSENT_PARAM)))
  const words = (consent && endWords(consent)) ?? refusalWords(params.get(REFUSED_PARAM) ?? '') ?? NOTHING
  return (
    <PlainShell>
      <Ended
        consent={consent?.id ?? null}
        words={words}
        href={consent ? hrefOf(consent) : LIST_PATH}
        link={consent ? 'Go to the credential' : 'Go to the credentials'}
      />
    </PlainShell>
  )
}

function hrefOf({ id, credentialId, draftId }: ConsentView): string {
  return endHref({ id, credentialId, ownerId: draftId ?? credentialId ?? '', display: 'page' })
}
