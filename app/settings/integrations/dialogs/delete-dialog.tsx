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
    <AlertDialog open busy={pending} onOpenChange={(open) => open || onClose()}>
      <AlertDialogContent size="md">
        <AlertDialogHeader>
          <AlertDialogTitle>
            Delete “<bdi>{integration.name}</bdi>”?
          </AlertDialogTitle>
          <AlertDialogDescription>
            Every call through it to {hostOf(integration.base_url)} is refused from that moment on. This can’t be
            undone.
            {integration.credential ? ' Its credential stays.' : null}
          </AlertDialogDescription>
        </AlertDialogHeader>
        <ProblemBanner problem={problem} />
        <RecentUsers integrationId={integration.id} />
        <AlertDialogFooter>
          <AlertDialogCancel />
          <AlertDialogAction pending={pending} onClick={() => run(integration.id)}>
            Delete integration
          </AlertDialogAction>
        </AlertDialogFooter>
        {passwordDialog}
      </AlertDialogContent>
    </AlertDialog>
  )
}
