'use client'

import { useEffect } from 'react'
import { ActionForm } from '@/app/action-form'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { createAnotherAccountAction } from './actions'

/** Makes one more account of the person, and goes on in it. */
export function AnotherAccountForm() {
  return (
    <ActionForm action={createAnotherAccountAction} submit="Create account" className="max-w-sm">
      {({ errors, values, done }) => (
        <>
          <Field label="Account name" error={errors.account_name} required>
            <Input name="account_name" autoComplete="organization" defaultValue={values.account_name} />
          </Field>
          <GoOn when={done !== undefined} />
        </>
      )}
    </ActionForm>
  )
}

/** Loads the next page as a whole: what this one has read belongs to the other account. */
function GoOn({ when }: { when: boolean }) {
  useEffect(() => {
    if (when) location.assign('/')
  }, [when])
  return null
}
