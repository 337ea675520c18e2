'use client'

import { useRef, useState } from 'react'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../../confirm-dialog'
import { useAction } from '../../data/use-action'
import { useFocusOnFirstError } from '../../data/use-focus-on-first-error'
import { useOpenProblem } from '../../data/use-open-problem'
import { revokeKey } from '../actions'
import { useKeysChanged } from '../queries'
import type { ApiKey } from '../words'
import { KeyFacts } from './key-facts'

const consequences: Record<ApiKey['status'], string> = {
  active: 'Every request with this key is refused from that moment on. This can’t be undone.',
  retiring:
    'Every request with this old token is refused from that moment on. The key that replaces it goes on working. This can’t be undone.',
  paused: 'This key is paused; revoked, it can’t be resumed any more. This can’t be undone.',
  retired: 'This key no longer works. Revoking it puts on record that it must never be trusted again.',
  expired: 'This key no longer works. Revoking it puts on record that it must never be trusted again.',
  revoked: 'This key is revoked already.',
}

/** Says what a revocation cuts off, and does it. */
export default function RevokeDialog({
  apiKey,
  onRevoked,
  onClose,
}: {
  apiKey: ApiKey
  onRevoked?: () => void
  onClose: () => void
}) {
  const [reason, setReason] = useState('')
  const keysChanged = useKeysChanged()
  const {
    run,
    pending,
    problem: refusal,
    passwordDialog,
  } = useAction(revokeKey, (didIt) => {
    onClose()
    keysChanged()
    onRevoked?.()
    toast(didIt ? `“${apiKey.name}” is revoked` : `“${apiKey.name}” was revoked already`)
  })
  const form = useRef<HTMLFormElement>(null)
  const { problem, errors } = useOpenProblem(refusal, { reason })
  useFocusOnFirstError(form, refusal)

  return (
    <ConfirmDialog
      open
      size="md"
      title={
        <>
          Revoke “<bdi>{apiKey.name}</bdi>”?
        </>
      }
      description={consequences[apiKey.status]}
      problem={problem}
      verb="Revoke key"
      pending={pending}
      form={form}
      onConfirm={() => run(apiKey.id, { reason: reason.trim() === '' ? null : reason })}
      onClose={onClose}
      passwordDialog={passwordDialog}
    >
      <KeyFacts apiKey={apiKey} />
      <Field label="Reason" optional error={errors.reason} hint="Stays with the key and in its history.">
        <Input value={reason} onChange={(event) => setReason(event.currentTarget.value)} autoComplete="off" />
      </Field>
    </ConfirmDialog>
  )
}
