'use client'

import { useRef, useState } from 'react'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ConfirmDialog } from '../../confirm-dialog'
import { useAction } from '../../data/use-action'
import { revokeKeys, revokeKeysUnderReview } from '../actions'
import { useFocusOnFirstError } from '../dialogs/use-focus-on-first-error'
import { counted } from '../words'
import type { Selection } from './selection'
import { type KeyFinding, revokeHints } from './words'

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
      description={`${revokeHints[finding ?? 'any']} If an app still holds ${one ? 'it' : 'one of them'}, its next request is refused. This can’t be undone.`}
      problem={problem}
      verb={`Revoke ${counted(count, 'key')}`}
      pending={pending}
      form={form}
      onConfirm={() => run(reason.trim() === '' ? null : reason)}
      onClose={onClose}
      passwordDialog={passwordDialog}
    >
      <Field label="Reason" optional error={problem?.fields.reason} hint="Stays with each key and in its history.">
        <Input value={reason} onChange={(event) => setReason(event.currentTarget.value)} autoComplete="off" />
      </Field>
    </ConfirmDialog>
  )
}
