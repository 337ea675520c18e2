'use client'

import { createContext, use } from 'react'

type FieldIds = { id: string; describedBy: string | undefined; invalid: boolean; required: boolean }

/** Apart from `Field`: a list has controls, but no field, and its page need not load one. */
export const FieldContext = createContext<FieldIds | null>(null)

/** The attributes that tie a control to its Field's label, hint and error; none outside a Field. */
export function useFieldProps(own: { id?: string; 'aria-describedby'?: string; required?: boolean }) {
  const field = use(FieldContext)
  if (!field) return {}
  return {
    id: own.id ?? field.id,
    'aria-describedby': [own['aria-describedby'], field.describedBy].filter(Boolean).join(' ') || undefined,
    'aria-invalid': field.invalid || undefined,
    required: own.required ?? field.required,
  }
}
