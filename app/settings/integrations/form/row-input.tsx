'use client'

import type { ComponentProps } from 'react'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

/** A control of a row: its label is for those who can't see which row it is. */
export function RowInput({
  label,
  error,
  ...props
}: Omit<ComponentProps<typeof Input>, 'mono'> & { label: string; error?: string }) {
  return (
    <Field label={<span className="sr-only">{label}</span>} error={error} className="-mt-1.5">
      <Input mono autoComplete="off" {...props} />
    </Field>
  )
}
