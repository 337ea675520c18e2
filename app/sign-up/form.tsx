'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ActionForm } from '../action-form'
import { NewPasswordInput } from '../new-password-input'
import { signUpAction } from './actions'

/** What the form itself says of the person. */
const KNOWN_FIELDS = ['account_name', 'name', 'email']

export function SignUpForm() {
  return (
    <ActionForm action={signUpAction} submit="Create account" wide>
      {({ errors, values }) => (
        <>
          <Field
            label="Account name"
            hint="Your shop or company, as your team will see it."
            error={errors.account_name}
            required
          >
            <Input name="account_name" autoComplete="organization" defaultValue={values.account_name} />
          </Field>
          <Field label="Your name" error={errors.name} required>
            <Input name="name" autoComplete="name" defaultValue={values.name} />
          </Field>
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
          <Field
            label="Password"
            hint="12 characters or more. Several unrelated words make a good one."
            error={errors.password}
            required
          >
            <NewPasswordInput name="password" knownFields={KNOWN_FIELDS} />
          </Field>
        </>
      )}
    </ActionForm>
  )
}
