'use client'

import { useState } from 'react'
import type { ActionProblem } from './action-result'
import { changedFields } from './changed-fields'

/**
 * What is left of a refusal while its form is mended: an error holds until its field is changed, and what is said above the
 * form until the last of its errors is gone.
 * @param fields what the form holds, by the names that the refusal has for it
 */
export function useOpenProblem(
  refusal: ActionProblem | null,
  fields: object,
): { problem: ActionProblem | null; errors: Record<string, string> } {
  const [refused, setRefused] = useState({ refusal, fields })
  if (refused.refusal !== refusal) setRefused({ refusal, fields })
  if (!refusal) return { problem: null, errors: {} }
  const changed = refused.refusal === refusal ? changedFields(refused.fields, fields) : {}
  const found = Object.entries(refusal.fields)
  const open = found.filter(([field]) => !Object.hasOwn(changed, field.split('.')[0] ?? ''))
  return { problem: found.length > 0 && open.length === 0 ? null : refusal, errors: Object.fromEntries(open) }
}
