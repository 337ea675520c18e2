'use client'

import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../../confirm-dialog'
import { useAction } from '../../data/use-action'
import { pauseKey, resumeKey } from '../actions'
import { useKeysChanged } from '../queries'
import type { ApiKey } from '../words'
import { KeyFacts } from './key-facts'

/** Says what pausing a key cuts off, or what resuming it lets in again, and does it. */
export default function PauseDialog({
  apiKey,
  onChanged,
  onClose,
}: {
  apiKey: ApiKey
  onChanged?: () => void
  onClose: () => void
}) {
  // As it was when the dialog was opened: the key changes before it is closed.
  const { name, status } = apiKey
  const isPaused = status === 'paused'
  const keysChanged = useKeysChanged()
  const { run, pending, problem, passwordDialog } = useAction(isPaused ? resumeKey : pauseKey, () => {
    onClose()
    keysChanged()
    onChanged?.()
    toast(isPaused ? `“${name}” works again` : `“${name}” is paused`)
  })
  return (
    <ConfirmDialog
      open
      size="md"
      title={
        <>
          {isPaused ? 'Resume' : 'Pause'} “<bdi>{name}</bdi>”?
        </>
      }
      description={
        isPaused
          ? 'Requests with its token are accepted again from that moment on.'
          : 'Every request with this key is refused until somebody resumes it. Its token stays the same, so nothing has to be set up anew.'
      }
      problem={problem}
      verb={isPaused ? 'Resume key' : 'Pause key'}
      pending={pending}
      onConfirm={() => run(apiKey.id)}
      onClose={onClose}
      passwordDialog={passwordDialog}
    >
      <KeyFacts apiKey={apiKey} />
    </ConfirmDialog>
  )
}
