'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ActionForm } from '../action-form'
import { forgotPasswordAction } from './actions'

export function ForgotPasswordForm() {
  return (
    <ActionForm action={forgotPasswordAction} submit="Send the link" wide>
      {({ errors, values }) => (
        <Field label="E-mail" error={errors.email} required>
          <Input
            name="email"
            type="email"
            autoComplete="username"
            autoCapitalize="off"
            spellCheck={false}
            defaultValue={values.email}
          />
        </Field>
      )}
    </ActionForm>
  )
}
