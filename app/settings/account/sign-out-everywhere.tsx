'use client'

import { unstable_rethrow } from 'next/navigation'
import { type ComponentProps, useState, useTransition } from 'react'
import { noAnswer } from '@/app/no-answer'
import { AlertDialogTrigger } from '@/components/ui/alert-dialog'
import { ConfirmDialog } from '../confirm-dialog'
import { signOutEverywhereAction } from './actions'

export function SignOutEverywhere() {
  const [problem, setProblem] = useState<ComponentProps<typeof ConfirmDialog>['problem']>(null)
  const [pending, startTransition] = useTransition()

  function signOut() {
    startTransition(async () => {
      try {
        setProblem(await signOutEverywhereAction())
      } catch (error) {
        unstable_rethrow(error)
        setProblem(noAnswer(error))
      }
    })
  }
  return (
    <ConfirmDialog
      trigger={<AlertDialogTrigger variant="danger">Sign out everywhere</AlertDialogTrigger>}
      title="Sign out everywhere?"
      description="Every browser you are signed in with has to sign in again, this one too. API keys go on working."
      problem={problem}
      verb="Sign out everywhere"
      pending={pending}
      onConfirm={signOut}
      onClose={() => setProblem(null)}
    />
  )
}
