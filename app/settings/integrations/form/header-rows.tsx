'use client'

import type { ReactNode } from 'react'
import { errorOf } from '../form-words'
import type { Header, Row } from './form-values'
import { RowInput } from './row-input'
import { RowList } from './row-list'

/** Headers, each with its name and its value. */
export function HeaderRows({
  label,
  hint,
  headers,
  errors,
  placeholder,
  onChange,
  onLeave,
}: {
  label: string
  hint?: ReactNode
  headers: readonly Row<Header>[]
  /** By field, see `form-words.ts`. */
  errors: Record<string, string>
  placeholder: Header
  onChange: (headers: Row<Header>[]) => void
  onLeave?: (field: string) => void
}) {
  return (
    <RowList
      label={label}
      hint={hint}
      error={errors.headers}
      rows={headers}
      empty={{ name: '', value: '' }}
      noun="header"
      max={20}
      onChange={onChange}
    >
      {({ value: header }, index, change) => (
        <div className="grid gap-2 sm:grid-cols-2">
          <RowInput
            label={`Name of header ${index + 1}`}
            placeholder={placeholder.name}
            error={errorOf(errors, `headers.${index}.name`)}
            value={header.name}
            onChange={(event) => change({ ...header, name: event.currentTarget.value })}
            onBlur={() => onLeave?.(`headers.${index}.name`)}
          />
          <RowInput
            label={`Value of header ${index + 1}`}
            placeholder={placeholder.value}
            error={errorOf(errors, `headers.${index}.value`)}
            value={header.value}
            onChange={(event) => change({ ...header, value: event.currentTarget.value })}
            onBlur={() => onLeave?.(`headers.${index}.value`)}
          />
        </div>
      )}
    </RowList>
  )
}
