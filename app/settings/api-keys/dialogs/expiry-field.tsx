'use client'

import { absoluteDay } from '@/components/time'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { type ExpiryChoice, expiresAt, expiryNames } from '../expiry'

/** When the key stops by itself. */
export function ExpiryField({
  choice,
  date,
  onChange,
  error,
}: {
  choice: ExpiryChoice
  date: string
  onChange: (value: { choice: ExpiryChoice; date: string }) => void
  error?: string
}) {
  const onDate = choice === 'date'
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="Expires" error={onDate ? undefined : error} hint={onDate ? undefined : hintFor(choice)}>
        <Select
          value={choice}
          onChange={(event) => onChange({ choice: event.currentTarget.value as ExpiryChoice, date })}
        >
          {Object.entries(expiryNames).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      {onDate ? (
        <Field label="Expiry date" required error={error} hint="The key works to the end of this day.">
          <Input
            type="date"
            min={localDay(1)}
            value={date}
            onChange={(event) => onChange({ choice, date: event.currentTarget.value })}
          />
        </Field>
      ) : null}
    </div>
  )
}

function hintFor(choice: ExpiryChoice): string {
  const iso = expiresAt(choice, '')
  return iso
    ? `Works until ${absoluteDay(new Date(iso))}.`
    : 'Works until somebody revokes it. A key that is forgotten stays open.'
}

/** A day from today, as a date control takes it. */
function localDay(daysFromNow: number): string {
  const day = new Date()
  day.setDate(day.getDate() + daysFromNow)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}
