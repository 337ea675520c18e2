'use client'

import { useRef, useState } from 'react'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ConfirmDialog } from '../../confirm-dialog'
import { useAction } from '../../data/use-action'
import { useFocusOnFirstError } from '../../data/use-focus-on-first-error'
import { revokeKeys, revokeKeysUnderReview } from '../actions'
import { counted } from '../words'
import type { Selection } from './selection'
import type { KeyFinding } from './words'

/** What revoking one key of which this was found means, before it is done, and what revoking several does. */
const hints: Record<KeyFinding | 'any', [one: string, many: string]> = {
  never_used: [
    'Nobody has used it in the 30 days or more since it was made.',
    'Nobody has used them in the 30 days or more since they were made.',
  ],
  idle: ['Nobody has used it for 90 days.', 'Nobody has used them for 90 days.'],
  over_scoped: [
    'It is in use: what uses it stops working. To take only the unused scopes, open the key.',
    'They are in use: what uses them stops working. To take only the unused scopes, open a key.',
  ],
  maker_left: ['It may be in use: what uses it stops working.', 'They may be in use: what uses them stops working.'],
  retiring: [
    'Its old token is still used: what uses it stops working.',
    'Their old tokens are still used: what uses them stops working.',
  ],
  no_expiry: ['It may be in use: what uses it stops working.', 'They may be in use: what uses them stops working.'],
  any: ['It may be in use: what uses it stops working.', 'Some of them may be in use: what uses them stops working.'],
}

/** Says what revoking the chosen keys cuts off, and asks for it. */
export default function RevokeSelectedDialog({
  selection,
  finding,
  count,
  fingerprint,
  onRequested,
  onClose,
}: {
  selection: Selection
  /** What the list shows; null: all. */
  finding: KeyFinding | null
  /** How many keys the person was told. */
  count: number
  /** Of the keys that the list showed. */
  fingerprint: string
  /** @param id of the bulk revocation, by which its progress is found */
  onRequested: (id: string) => void
  onClose: () => void
}) {
  const [reason, setReason] = useState('')
  const { run, pending, problem, passwordDialog } = useAction(
    (reasonOrNull: string | null) =>
      selection.kind === 'some'
        ? revokeKeys({ keys: [...selection.ids], reason: reasonOrNull })
        : revokeKeysUnderReview({ finding, except: [...selection.ids], fingerprint, reason: reasonOrNull }),
    onRequested,
  )
  const form = useRef<HTMLFormElement>(null)
  useFocusOnFirstError(form, problem)
  const one = count === 1
  return (
    <ConfirmDialog
      open
      size="md"
      title={`Revoke ${counted(count, 'key')}?`}
      description={`${hints[finding ?? 'any'][one ? 0 : 1]} If an app still holds ${one ? 'it' : 'one of them'}, its next request is refused. This can’t be undone.`}
      problem={problem}
      verb={`Revoke ${counted(count, 'key')}`}
      pending={pending}
      form={form}
      onConfirm={() => run(reason.trim() === '' ? null : reason)}
      onClose={onClose}
      passwordDialog={passwordDialog}
    >
      <Field
        label="Reason"
        optional
        error={problem?.fields.reason}
        hint={`Stays with ${one ? 'the' : 'each'} key and in its history.`}
      >
        <Input value={reason} onChange={(event) => setReason(event.currentTarget.value)} autoComplete="off" />
      </Field>
    </ConfirmDialog>
  )
}
