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
import { removeCredential } from '../actions'
import { useCredential, useCredentialsChanged } from '../queries'
import { type Credential, counted } from '../words'

/** Integrations that are named one by one. */
const NAMED = 8

/** Says what a deletion breaks, and does it. */
export default function DeleteDialog({
  credential,
  onDeleted,
  onClose,
}: {
  credential: Credential
  onDeleted?: () => void
  onClose: () => void
}) {
  const { id, name } = credential
  // As it is now: what uses it may have changed since the list was read, also while this is open.
  const { integrations } = useCredential(id, null).data ?? credential
  const changed = useCredentialsChanged()
  const { run, pending, problem, passwordDialog } = useAction(removeCredential, () => {
    onClose()
    onDeleted?.()
    changed()
    toast(`“${name}” is deleted`)
  })
  const rest = integrations.length - NAMED
  return (
    <AlertDialog open busy={pending} onOpenChange={(open) => open || onClose()}>
      <AlertDialogContent size="md">
        <AlertDialogHeader>
          <AlertDialogTitle>
            Delete “<bdi>{name}</bdi>”?
          </AlertDialogTitle>
          <AlertDialogDescription>
            {integrations.length > 0
              ? `${counted(integrations.length, 'integration')} ${integrations.length === 1 ? 'uses' : 'use'} this credential. Without it, every call through ${integrations.length === 1 ? 'it' : 'them'} is refused from that moment on.`
              : 'No integration uses this credential.'}{' '}
            Its secret is erased. This can’t be undone.
          </AlertDialogDescription>
        </AlertDialogHeader>
        <ProblemBanner problem={problem} />
        {integrations.length > 0 ? (
          <div className="grid gap-1.5 rounded border border-border bg-background px-3 py-2.5 text-sm">
            <p className="text-muted-foreground">These stop working:</p>
            <ul className="grid gap-1">
              {integrations.slice(0, NAMED).map((integration) => (
                <li key={integration.id} className="flex flex-wrap items-baseline gap-x-2 [overflow-wrap:anywhere]">
                  <bdi className="font-medium">{integration.name}</bdi>
                  <code className="font-mono text-muted-foreground text-xs">{integration.slug}</code>
                </li>
              ))}
              {rest > 0 ? <li className="text-muted-foreground">and {rest} more</li> : null}
            </ul>
          </div>
        ) : null}
        <AlertDialogFooter>
          <AlertDialogCancel />
          <AlertDialogAction pending={pending} onClick={() => run(id, { even_if_used: integrations.length > 0 })}>
            Delete credential
          </AlertDialogAction>
        </AlertDialogFooter>
        {passwordDialog}
      </AlertDialogContent>
    </AlertDialog>
  )
}
