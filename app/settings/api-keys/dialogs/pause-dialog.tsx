'use client'

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
import { toast } from '@/components/ui/toast'
import { ProblemBanner } from '../../data/problem-banner'
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
    <AlertDialog open busy={pending} onOpenChange={(open) => open || onClose()}>
      <AlertDialogContent size="md">
        <AlertDialogHeader>
          <AlertDialogTitle>
            {isPaused ? 'Resume' : 'Pause'} “<bdi>{name}</bdi>”?
          </AlertDialogTitle>
          <AlertDialogDescription>
            {isPaused
              ? 'Requests with its token are accepted again from that moment on.'
              : 'Every request with this key is refused until somebody resumes it. Its token stays the same, so nothing has to be set up anew.'}
          </AlertDialogDescription>
        </AlertDialogHeader>
        <ProblemBanner problem={problem} />
        <KeyFacts apiKey={apiKey} />
        <AlertDialogFooter>
          <AlertDialogCancel />
          <AlertDialogAction pending={pending} onClick={() => run(apiKey.id)}>
            {isPaused ? 'Resume key' : 'Pause key'}
          </AlertDialogAction>
        </AlertDialogFooter>
        {passwordDialog}
      </AlertDialogContent>
    </AlertDialog>
  )
}
