'use client'

import { useRouter } from 'next/navigation'
import { lazy, Suspense } from 'react'
import { toast } from '@/components/ui/toast'
import type { ConsentView } from '@/lib/credentials'
import { changeCredential } from '../../actions'
import { connectForm } from '../../connect/actions'
import type { FormStart } from '../../form/credential-form'
import type { FormInput } from '../../form/input'
import { credentialHref, editHref } from '../../paths'
import { useCredentialsChanged } from '../../queries'
import type { Connection, ProviderMark } from '../../words'

// In the page from the start, as the server renders it; its code comes after the first paint.
const CredentialForm = lazy(() => import('../../form/credential-form'))

/** The form for a stored credential. Its secrets are not in it: what is not replaced stays. */
export function EditCredential({
  id,
  start,
  mark,
  redirectUri,
  connectedBefore,
  cameBack,
}: {
  id: string
  start: FormStart
  mark: ProviderMark | null
  redirectUri: string
  /** Whose tokens the credential has until the form is saved. */
  connectedBefore: Connection | null
  cameBack: ConsentView | null
}) {
  const router = useRouter()
  const changed = useCredentialsChanged()
  return (
    <Suspense>
      <CredentialForm
        start={start}
        mark={mark}
        provider={null}
        redirectUri={redirectUri}
        connectedBefore={connectedBefore}
        cameBack={cameBack}
        connect={(form, display) => connectForm(id, form, display)}
        isNew={false}
        mayChooseType={false}
        mayChooseProvider={false}
        saveLabel="Save changes"
        cancelHref={credentialHref(id)}
        save={(input) => changeCredential(id, changesOf(input))}
        subjectOf={(input) => ({ credential_id: id, changes: changesOf(input) })}
        onSaved={(_, { name }) => {
          changed()
          toast(`“${String(name).trim()}” is saved`)
          router.push(credentialHref(id))
          router.refresh()
        }}
        onDraft={(draftId) => history.replaceState(null, '', editHref(id, draftId))}
      />
    </Suspense>
  )
}

/** All fields but the type and the environment, which never change. */
function changesOf<Input extends FormInput>({ type: _, environment: _environment, ...changes }: Input) {
  return changes
}
