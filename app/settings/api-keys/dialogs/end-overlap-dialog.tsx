'use client'

import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../../confirm-dialog'
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
    <ConfirmDialog
      open
      size="md"
      title={
        <>
          End the overlap of “<bdi>{oldKey.name}</bdi>” now?
        </>
      }
      description="Every request with the old token is refused from that moment on; the new token goes on working. This can’t be undone."
      problem={problem}
      verb="End overlap"
      pending={pending}
      onConfirm={() => run(oldKey.id)}
      onClose={onClose}
      passwordDialog={passwordDialog}
    >
      <KeyFacts apiKey={oldKey} />
    </ConfirmDialog>
  )
}
