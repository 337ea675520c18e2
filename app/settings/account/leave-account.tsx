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
  AlertDialogTrigger,
} from '@/components/ui/alert-dialog'
import { Banner } from '@/components/ui/banner'
import { leaveAction } from '../members/actions'
import { useMemberAction } from '../members/use-member-action'

/** Leaves the account that the person is in. */
export function LeaveAccount({ name }: { name: string }) {
  // As a whole: nothing that this page has read may be seen any more.
  const { run, pending, refusal, passwordDialog } = useMemberAction(leaveAction, () => location.assign('/'))
  return (
    <AlertDialog busy={pending}>
      <AlertDialogTrigger variant="danger" size="sm">
        Leave
      </AlertDialogTrigger>
      <AlertDialogContent>
        <AlertDialogHeader>
          <AlertDialogTitle>
            Leave <bdi>{name}</bdi>?
          </AlertDialogTitle>
          <AlertDialogDescription>
            You see nothing of it any more, at once. What you made there goes on working. To come back you have to be
            invited again.
          </AlertDialogDescription>
        </AlertDialogHeader>
        {refusal ? (
          <Banner tone="error" role="alert">
            {refusal.message}
          </Banner>
        ) : null}
        <AlertDialogFooter>
          <AlertDialogCancel />
          <AlertDialogAction pending={pending} onClick={() => void run()}>
            Leave account
          </AlertDialogAction>
        </AlertDialogFooter>
        {passwordDialog}
      </AlertDialogContent>
    </AlertDialog>
  )
}
