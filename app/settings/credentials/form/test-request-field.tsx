'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import type { FormValues } from './input'
import type { FormState } from './use-credential-form'

/** The request that shows whether the service accepts the credential. */
export function TestRequestField({ state }: { state: FormState }) {
  const { values, set, errorOf } = state
  const { test, type } = values
  const change = (part: Partial<FormValues['test']>) => set({ test: { ...test, ...part } })
  return (
    <div className="grid gap-4">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 sm:grid-cols-[7rem_minmax(0,1fr)]">
        <Field label="Method" error={errorOf('test.method')}>
          <Select
            value={test.method}
            onChange={(event) => change({ method: event.currentTarget.value as FormValues['test']['method'] })}
          >
            {['GET', 'HEAD', 'OPTIONS'].map((method) => (
              <option key={method}>{method}</option>
            ))}
          </Select>
        </Field>
        <Field
          label="URL of the test"
          optional={type === 'oauth2'}
          error={errorOf('test.url') ?? errorOf('test')}
          hint={
            type === 'oauth2'
              ? 'One that answers only who is let in, and changes nothing. Without it, the test asks the token endpoint alone.'
              : 'One that answers only who is let in, and changes nothing, such as the service’s “me” or “account”.'
          }
        >
          <Input
            mono
            data-field="test.url"
            inputMode="url"
            autoComplete="off"
            placeholder="https://api.example.com/v1/me"
            value={test.url}
            onChange={(event) => change({ url: event.currentTarget.value })}
          />
        </Field>
      </div>
      <Field
        label="Statuses that count as good"
        optional
        error={errorOf('test.good', { within: true })}
        hint="Separated by commas, such as 200 or 2xx. Left empty: every 2xx and 3xx, but for a redirect to another server or to log in."
      >
        <Input
          mono
          data-field="test.good"
          autoComplete="off"
          placeholder="2xx, 3xx"
          value={test.good}
          onChange={(event) => change({ good: event.currentTarget.value })}
        />
      </Field>
    </div>
  )
}
