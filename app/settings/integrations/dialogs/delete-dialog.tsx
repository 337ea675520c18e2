'use client'

import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../../confirm-dialog'
import { useAction } from '../../data/use-action'
import { removeIntegration } from '../actions'
import { useIntegrationsChanged } from '../queries'
import { hostOf, type Integration } from '../words'
import { RecentUsers } from './recent-users'

/** Says which apps a deletion cuts off, and does it. */
export default function DeleteDialog({
  integration,
  onDeleted,
  onClose,
}: {
  integration: Integration
  onDeleted: () => void
  onClose: () => void
}) {
  const changed = useIntegrationsChanged()
  const { run, pending, problem, passwordDialog } = useAction(removeIntegration, () => {
    onClose()
    onDeleted()
    changed()
    toast(`“${integration.name}” is deleted`)
  })
  return (
    <ConfirmDialog
      open
      size="md"
      title={
        <>
          Delete “<bdi>{integration.name}</bdi>”?
        </>
      }
      description={
        <>
          Every call through it to {hostOf(integration.base_url)} is refused from that moment on. This can’t be undone.
          {integration.credential ? ' Its credential stays.' : null}
        </>
      }
      problem={problem}
      verb="Delete integration"
      pending={pending}
      onConfirm={() => run(integration.id)}
      onClose={onClose}
      passwordDialog={passwordDialog}
    >
      <RecentUsers integrationId={integration.id} />
    </ConfirmDialog>
  )
}
