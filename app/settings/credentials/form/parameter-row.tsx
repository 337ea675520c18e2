'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import type { Row } from './input'
import type { FormState } from './use-credential-form'

/** A parameter's name and value. */
export function ParameterRow({
  state,
  path,
  row,
  onChange,
}: {
  state: FormState
  /** Of the row in what is sent, such as `parameters.0`. */
  path: string
  row: Row
  onChange: (row: Row) => void
}) {
  return (['name', 'value'] as const).map((part) => (
    <Field key={part} label={part === 'name' ? 'Name' : 'Value'} required error={state.errorOf(`${path}.${part}`)}>
      <Input
        mono
        data-field={`${path}.${part}`}
        autoComplete="off"
        value={row[part]}
        onChange={(event) => onChange({ ...row, [part]: event.currentTarget.value })}
      />
    </Field>
  ))
}
