'use client'

import { useRouter } from 'next/navigation'
import { lazy, Suspense } from 'react'
import { toast } from '@/components/ui/toast'
import type { ConsentView } from '@/lib/credentials'
import { saveCredential } from '../actions'
import { connectForm } from '../connect/actions'
import type { FormStart } from '../form/credential-form'
import type { FormProvider } from '../form/initial'
import { LIST_PATH } from '../list-state'
import { credentialHref, draftHref } from '../paths'
import { useCredentialsChanged } from '../queries'
import type { ProviderMark } from '../words'

// In the page from the start, as the server renders it; its code comes after the first paint.
const CredentialForm = lazy(() => import('../form/credential-form'))

/** The form for a new credential. */
export function NewCredential({
  start,
  mark,
  provider,
  redirectUri,
  cameBack,
}: {
  start: FormStart
  mark: ProviderMark | null
  provider: FormProvider | null
  redirectUri: string
  cameBack: ConsentView | null
}) {
  const router = useRouter()
  const changed = useCredentialsChanged()
  return (
    <Suspense>
      <CredentialForm
        start={start}
        mark={mark}
        provider={provider}
        redirectUri={redirectUri}
        connectedBefore={null}
        cameBack={cameBack}
        connect={(form, display) => connectForm(null, form, display)}
        isNew
        mayChooseType={mark === null && start.draftId === null}
        mayChooseProvider={start.draftId === null}
        saveLabel="Save credential"
        cancelHref={LIST_PATH}
        save={saveCredential}
        subjectOf={(form) => ({ credential_id: null, form })}
        onSaved={(id, { name }) => {
          changed()
          toast(`“${String(name).trim()}” is saved`)
          router.push(credentialHref(id))
        }}
        // Loaded again, the page goes on with what the test has left.
        onDraft={(id) => history.replaceState(null, '', draftHref({ id, credential_id: null }))}
      />
    </Suspense>
  )
}
