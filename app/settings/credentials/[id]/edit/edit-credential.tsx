'use client'

import { useRouter } from 'next/navigation'
import { lazy, Suspense, useState } from 'react'
import { toast } from '@/components/ui/toast'
import type { ConsentView } from '@/lib/credentials'
import { changedFields } from '../../../data/changed-fields'
import { changeCredential } from '../../actions'
import { connectForm } from '../../connect/actions'
import type { FormStart } from '../../form/credential-form'
import { type FormInput, type FormValues, toInput } from '../../form/input'
import { credentialHref, editHref } from '../../paths'
import { useCredentialsChanged } from '../../queries'
import type { Connection, ProviderMark } from '../../words'

// In the page from the start, as the server renders it; its code comes after the first paint.
const CredentialForm = lazy(() => import('../../form/credential-form'))

/**
 * The form for a stored credential. Its secrets are not in it: what is not replaced stays, as does what somebody else has
 * changed since the form was filled and this one leaves as it was.
 */
export function EditCredential({
  id,
  start,
  stored,
  mark,
  redirectUri,
  connectedBefore,
  cameBack,
}: {
  id: string
  start: FormStart
  /** What is stored; a draft's form begins with other values. */
  stored: FormValues
  mark: ProviderMark | null
  redirectUri: string
  /** Whose tokens the credential has until the form is saved. */
  connectedBefore: Connection | null
  cameBack: ConsentView | null
}) {
  const router = useRouter()
  const changed = useCredentialsChanged()
  // As it was when the form was filled: the page may know by now what others have saved, which the form does not show.
  const [before] = useState(() => toInput(stored, new Set()))
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
        save={(input) => changeCredential(id, changesOf(before, input))}
        subjectOf={(input) => ({ credential_id: id, changes: changesOf(before, input) })}
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

/** The fields that differ, and all secrets that are typed. */
function changesOf(before: FormInput, { secret, ...fields }: FormInput) {
  return { ...changedFields<Record<string, unknown>>(before, fields), secret }
}
