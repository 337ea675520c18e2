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
import { endOverlapNow } from '../actions'
import { useKeysChanged } from '../queries'
import type { ApiKey } from '../words'
import { KeyFacts } from './key-facts'

/** Says what ending an overlap cuts off, and does it. */
export default function EndOverlapDialog({
  oldKey,
  onEnded,
  onClose,
}: {
  oldKey: ApiKey
  onEnded: () => void
  onClose: () => void
}) {
  const keysChanged = useKeysChanged()
  const { run, pending, problem, passwordDialog } = useAction(endOverlapNow, () => {
    onClose()
    keysChanged()
    onEnded()
    toast('The old token no longer works')
  })
  return (
    <AlertDialog open busy={pending} onOpenChange={(open) => open || onClose()}>
      <AlertDialogContent size="md">
        <AlertDialogHeader>
          <AlertDialogTitle>
            End the overlap of “<bdi>{oldKey.name}</bdi>” now?
          </AlertDialogTitle>
          <AlertDialogDescription>
            Every request with the old token is refused from that moment on; the new token goes on working. This can’t
            be undone.
          </AlertDialogDescription>
        </AlertDialogHeader>
        <ProblemBanner problem={problem} />
        <KeyFacts apiKey={oldKey} />
        <AlertDialogFooter>
          <AlertDialogCancel />
          <AlertDialogAction pending={pending} onClick={() => run(oldKey.id)}>
            End overlap
          </AlertDialogAction>
        </AlertDialogFooter>
        {passwordDialog}
      </AlertDialogContent>
    </AlertDialog>
  )
}
