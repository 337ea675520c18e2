'use client'

import { ActionForm } from '@/app/action-form'
import { NewPasswordInput } from '@/app/new-password-input'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { PasswordInput } from '@/components/ui/password-input'
import { Select } from '@/components/ui/select'
import type { Language } from '@/lib/notifications'
import { changeNameAction, changePasswordAction, renameAccountAction, saveLanguageAction } from './actions'
import { languageNames } from './words'

export function NameForm({ name, email }: { name: string; email: string }) {
  return (
    <ActionForm action={changeNameAction} submit="Save name" className="max-w-sm">
      {({ errors, values }) => (
        <>
          <Field label="Name" error={errors.name} required>
            <Input name="name" autoComplete="name" defaultValue={values.name ?? name} />
          </Field>
          <Field label="E-mail" hint="You sign in with this address.">
            <Input type="email" value={email} readOnly />
          </Field>
        </>
      )}
    </ActionForm>
  )
}

export function LanguageForm({ language }: { language: Language }) {
  return (
    <ActionForm action={saveLanguageAction} submit="Save language" className="max-w-sm">
      {({ errors, values }) => (
        <Field label="Language of e-mails" error={errors.language}>
          <Select name="language" defaultValue={values.language ?? language}>
            {Object.entries(languageNames).map(([value, name]) => (
              <option key={value} value={value} lang={value}>
                {name}
              </option>
            ))}
          </Select>
        </Field>
      )}
    </ActionForm>
  )
}

export function AccountNameForm({ name }: { name: string }) {
  return (
    <ActionForm action={renameAccountAction} submit="Save account name" className="max-w-sm">
      {({ errors, values }) => (
        <Field label="Account name" error={errors.account_name} required>
          <Input name="account_name" autoComplete="organization" defaultValue={values.account_name ?? name} />
        </Field>
      )}
    </ActionForm>
  )
}

/** @param known what anybody who knows the person would try */
export function PasswordForm({ email, known }: { email: string; known: string[] }) {
  return (
    <ActionForm action={changePasswordAction} submit="Change password" clearWhenDone className="max-w-sm">
      {({ errors }) => (
        <>
          {/* Tells password managers whose password this is. */}
          <input type="email" autoComplete="username" value={email} readOnly hidden />
          <Field label="Current password" error={errors.current_password} required>
            <PasswordInput name="current_password" autoComplete="current-password" />
          </Field>
          <Field
            label="New password"
            hint="12 characters or more. Several unrelated words make a good one."
            error={errors.new_password}
            required
          >
            <NewPasswordInput name="new_password" known={known} />
          </Field>
        </>
      )}
    </ActionForm>
  )
}
