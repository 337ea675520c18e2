'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { PasswordInput } from '@/components/ui/password-input'
import { ActionForm } from '../action-form'
import { askForPasskeyAction, signInAction, signInByPasskeyAction } from './actions'
import { PasskeyButton } from './passkey-button'

export function SignInForm({ next }: { next: string }) {
  return (
    <ActionForm action={signInAction} submit="Sign in" wide>
      {({ errors, values }) => (
        <>
          <input type="hidden" name="next" value={next} />
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
          <Field label="Password" error={errors.password} required>
            <PasswordInput name="password" autoComplete="current-password" />
          </Field>
        </>
      )}
    </ActionForm>
  )
}

/** Signs in without e-mail address and password. */
export function SignInByPasskey({ next }: { next: string }) {
  return (
    <PasskeyButton
      label="Use a passkey"
      ask={askForPasskeyAction}
      give={signInByPasskeyAction}
      onDone={() => location.assign(next)}
    />
  )
}
