'use client'

import { useRef, useState } from 'react'
import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
} from '@/components/ui/alert-dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ProblemBanner } from '../../data/problem-banner'
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
    <AlertDialog open busy={pending} onOpenChange={(open) => open || onClose()}>
      <AlertDialogContent size="md">
        <form
          ref={form}
          noValidate
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            run(reason.trim() === '' ? null : reason)
          }}
        >
          <AlertDialogHeader>
            <AlertDialogTitle>Revoke {counted(count, 'key')}?</AlertDialogTitle>
            <AlertDialogDescription>
              {revokeHints[finding ?? 'any']} If an app still holds {one ? 'it' : 'one of them'}, its next request is
              refused. This can’t be undone.
            </AlertDialogDescription>
          </AlertDialogHeader>
          <ProblemBanner problem={problem} />
          <Field label="Reason" optional error={problem?.fields.reason} hint="Stays with each key and in its history.">
            <Input value={reason} onChange={(event) => setReason(event.currentTarget.value)} autoComplete="off" />
          </Field>
          <AlertDialogFooter>
            <AlertDialogCancel />
            <AlertDialogAction type="submit" pending={pending}>
              Revoke {counted(count, 'key')}
            </AlertDialogAction>
          </AlertDialogFooter>
          {passwordDialog}
        </form>
      </AlertDialogContent>
    </AlertDialog>
  )
}
