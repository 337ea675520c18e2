'use client'

import { ActionForm } from '@/app/action-form'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { createAnotherAccountAction } from './actions'

/** Makes one more account of the person, and goes on in it. */
export function AnotherAccountForm() {
  return (
    <ActionForm action={createAnotherAccountAction} submit="Create account" leave={goOn} className="max-w-sm">
      {({ errors, values }) => (
        <Field label="Account name" error={errors.account_name} required>
          <Input name="account_name" autoComplete="organization" defaultValue={values.account_name} />
        </Field>
      )}
    </ActionForm>
  )
}

/** As a whole: what this page has read belongs to the other account. */
function goOn() {
  location.assign('/')
}
