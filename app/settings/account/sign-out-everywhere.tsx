'use client'

import { useState, useTransition } from 'react'
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
import { signOutEverywhereAction } from './actions'

export function SignOutEverywhere() {
  const [error, setError] = useState<string>()
  const [pending, startTransition] = useTransition()
  return (
    <AlertDialog onOpenChange={() => setError(undefined)}>
      <AlertDialogTrigger variant="danger">Sign out everywhere</AlertDialogTrigger>
      <AlertDialogContent>
        <AlertDialogHeader>
          <AlertDialogTitle>Sign out everywhere?</AlertDialogTitle>
          <AlertDialogDescription>
            Every browser you are signed in with has to sign in again, this one too. API keys go on working.
          </AlertDialogDescription>
        </AlertDialogHeader>
        {error ? (
          <Banner tone="error" role="alert">
            {error}
          </Banner>
        ) : null}
        <AlertDialogFooter>
          <AlertDialogCancel />
          <AlertDialogAction
            pending={pending}
            onClick={() =>
              startTransition(async () => {
                const answer = await signOutEverywhereAction()
                setError(answer.message)
              })
            }
          >
            Sign out everywhere
          </AlertDialogAction>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  )
}
