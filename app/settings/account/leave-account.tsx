'use client'

import { AlertDialogTrigger } from '@/components/ui/alert-dialog'
import { ConfirmDialog } from '../confirm-dialog'
import { useCallAndRefresh } from '../data/use-call-and-refresh'
import { leaveAction } from '../members/actions'

/** Leaves the account that the person is in. */
export function LeaveAccount({ name }: { name: string }) {
  // As a whole: nothing that this page has read may be seen any more.
  const { run, pending, refusal, clear, passwordDialog } = useCallAndRefresh(leaveAction, () => location.assign('/'))
  return (
    <ConfirmDialog
      trigger={
        <AlertDialogTrigger variant="danger" size="sm">
          Leave
        </AlertDialogTrigger>
      }
      title={
        <>
          Leave <bdi>{name}</bdi>?
        </>
      }
      description="You see nothing of it any more, at once. What you made there goes on working. To come back you have to be invited again."
      problem={refusal}
      verb="Leave account"
      pending={pending}
      onConfirm={() => void run()}
      onClose={clear}
      passwordDialog={passwordDialog}
    />
  )
}
