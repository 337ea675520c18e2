'use client'

import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../../confirm-dialog'
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
    <ConfirmDialog
      open
      size="md"
      title={
        <>
          Delete “<bdi>{name}</bdi>”?
        </>
      }
      description={
        <>
          {integrations.length > 0
            ? `${counted(integrations.length, 'integration')} ${integrations.length === 1 ? 'uses' : 'use'} this credential. Without it, every call through ${integrations.length === 1 ? 'it' : 'them'} is refused from that moment on.`
            : 'No integration uses this credential.'}{' '}
          Its secret is erased. This can’t be undone.
        </>
      }
      problem={problem}
      verb="Delete credential"
      pending={pending}
      onConfirm={() => run(id, { even_if_used: integrations.length > 0 })}
      onClose={onClose}
      passwordDialog={passwordDialog}
    >
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
    </ConfirmDialog>
  )
}
