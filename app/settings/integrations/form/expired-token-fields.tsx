'use client'

import { Field, FieldGroup } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { errorOf } from '../form-words'
import type { FormValues } from './form-values'

type Values = Pick<FormValues, 'expiredStatuses' | 'expiredPath' | 'expiredEquals'>

/** How a service says that an access token has expired, when it does not say 401. Of OAuth2 only. */
export function ExpiredTokenFields({
  values,
  errors,
  onChange,
  onLeave,
}: {
  values: Values
  errors: Record<string, string>
  onChange: (field: string, change: Partial<Values>) => void
  onLeave: (field: string) => void
}) {
  return (
    <FieldGroup
      label="Token expired"
      hint="Status 401 always counts: the token is renewed and the call sent once more. Fill this in for a service that says it in another way; either of the two is enough."
      error={errors.expired_token}
    >
      <Field label="Statuses" optional error={errorOf(errors, 'expired_token.statuses')}>
        <Input
          mono
          autoComplete="off"
          placeholder="403, 419"
          value={values.expiredStatuses}
          onChange={(event) => onChange('expired_token', { expiredStatuses: event.currentTarget.value })}
          onBlur={() => {
            onLeave('expired_token.statuses')
            for (let index = 0; index < 10; index++) onLeave(`expired_token.statuses.${index}`)
          }}
        />
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="JSON field of the answer"
          optional
          error={errorOf(errors, 'expired_token.json.path')}
          hint="Names joined by dots."
        >
          <Input
            mono
            autoComplete="off"
            placeholder="error.code"
            value={values.expiredPath}
            onChange={(event) => onChange('expired_token', { expiredPath: event.currentTarget.value })}
            onBlur={() => onLeave('expired_token.json.path')}
          />
        </Field>
        <Field label="Its value" optional error={errorOf(errors, 'expired_token.json.equals')}>
          <Input
            mono
            autoComplete="off"
            placeholder="token_expired"
            value={values.expiredEquals}
            onChange={(event) => onChange('expired_token', { expiredEquals: event.currentTarget.value })}
            onBlur={() => onLeave('expired_token.json.equals')}
          />
        </Field>
      </div>
    </FieldGroup>
  )
}
