'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { expiresAt } from '../../api-keys/expiry'
import type { FormState } from './use-credential-form'

/** When the secret ends by itself, as far as the service has said. */
export function ExpiryField({ state }: { state: FormState }) {
  const { expiresAt: value } = state.values
  return (
    <Field
      label="Expires"
      optional
      error={state.errorOf('expires_at')}
      hint="When the service said that it ends. The list of credentials then shows it in time."
      className="sm:max-w-60"
    >
      <Input
        type="date"
        data-field="expires_at"
        value={value ? localDay(value) : ''}
        onChange={(event) => {
          const day = event.currentTarget.value
          state.set({ expiresAt: day ? expiresAt('date', day) : null })
        }}
      />
    </Field>
  )
}

/** The day of a time in the person's own time zone, as a date control has it. */
function localDay(iso: string): string {
  const date = new Date(iso)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
