'use client'

import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
} from '@/components/ui/alert-dialog'
import { Button } from '@/components/ui/button'
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog'
import type { ConsentView } from '@/lib/credentials'
import { ConfirmDialog } from '../../confirm-dialog'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { decideOnAccount, disconnectCredential } from '../connect/actions'
import { accountText, type Credential, counted } from '../words'

/** Where a link of a mail leads: one press from the service. */
export function ReauthorizeDialog({
  credential: { name, connection },
  host,
  onContinue,
  onClose,
}: {
  credential: Credential
  host: string
  onContinue: () => void
  onClose: () => void
}) {
  return (
    <Dialog open onOpenChange={(open) => open || onClose()}>
      <DialogContent size="sm">
        <DialogHeader>
          <DialogTitle>
            Re-authorize “<bdi>{name}</bdi>”
          </DialogTitle>
          <DialogDescription>
            You sign in at {host} and allow Fenicia in again
            {connection?.label ? `, with the account ${connection.label}` : ''}. Integrations and history stay as they
            are.
          </DialogDescription>
        </DialogHeader>
        <DialogFooter>
          <DialogClose>Not now</DialogClose>
          <Button variant="primary" autoFocus onClick={onContinue}>
            Continue to {host}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  )
}

/** Asks which account it shall be. Until that is said, nothing is replaced. */
export function ReplaceDialog({
  name,
  consent: { id, accounts },
  onDecided,
  onClose,
}: {
  name: string
  consent: ConsentView
  onDecided: () => void
  onClose: () => void
}) {
  const { run, pending, problem, passwordDialog } = useAction(decideOnAccount, onDecided)
  const before = accounts?.before ?? 'the account before'
  const now = accounts?.now ?? 'what has come back'
  return (
    <AlertDialog open busy={pending} onOpenChange={(open) => open || onClose()}>
      <AlertDialogContent size="md">
        <AlertDialogHeader>
          <AlertDialogTitle>
            Replace “<bdi>{before}</bdi>”?
          </AlertDialogTitle>
          <AlertDialogDescription>
            {accounts?.now
              ? `“${name}” is connected as ${before}, but ${now} has come back. If you replace it, calls through its integrations reach ${now} from then on.`
              : `“${name}” is connected as ${before}. The service does not say which account has come back: it may be another one, which calls through its integrations reach from then on, if you replace it.`}{' '}
            Nothing has changed yet.
          </AlertDialogDescription>
        </AlertDialogHeader>
        <ProblemBanner problem={problem} />
        <AlertDialogFooter>
          <Button autoFocus pending={pending} onClick={() => run(id, false)}>
            Keep {before}
          </Button>
          <AlertDialogAction pending={pending} onClick={() => run(id, true)}>
            Replace by {now}
          </AlertDialogAction>
        </AlertDialogFooter>
        {passwordDialog}
      </AlertDialogContent>
    </AlertDialog>
  )
}

const disconnected = {
  confirmed: 'The service has confirmed that its tokens are gone, and Fenicia has forgotten them.',
  refused:
    'Fenicia has forgotten the tokens, but the service refused to take them back: remove Fenicia in the service’s own settings.',
  unknown:
    'Fenicia has forgotten the tokens, but the service gave no answer when it was asked to take them back: remove Fenicia in the service’s own settings.',
  not_supported:
    'Fenicia has forgotten the tokens. It knows no address to take them back at: remove Fenicia in the service’s own settings.',
  nothing: 'There were no tokens any more.',
}

/** Says what a disconnect breaks, and does it. */
export function DisconnectDialog({
  credential: { id, name, connection, integrations },
  onDone,
  onClose,
}: {
  credential: Credential
  onDone: (words: string) => void
  onClose: () => void
}) {
  const { run, pending, problem, passwordDialog } = useAction(disconnectCredential, (revocation) =>
    onDone(disconnected[revocation]),
  )
  const uses = integrations.length
  return (
    <ConfirmDialog
      open
      size="md"
      title={
        <>
          Disconnect “<bdi>{name}</bdi>”?
        </>
      }
      description={
        <>
          {uses > 0
            ? `Calls through ${counted(uses, 'integration')} are refused from that moment on. `
            : 'No integration uses this credential. '}
          The tokens of {connection ? accountText(connection) : 'the service'} are taken back where the service lets
          Fenicia do that, and forgotten. The credential stays: it can be connected again.
        </>
      }
      problem={problem}
      verb="Disconnect"
      pending={pending}
      onConfirm={() => run(id)}
      onClose={onClose}
      passwordDialog={passwordDialog}
    />
  )
}
