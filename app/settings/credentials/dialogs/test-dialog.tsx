'use client'

import Link from 'next/link'
import { useEffect, useRef } from 'react'
import { Button, buttonVariants } from '@/components/ui/button'
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog'
import { ProblemBanner } from '../../data/problem-banner'
import { editHref } from '../paths'
import { useCredentialsChanged } from '../queries'
import { TestProgress } from '../testing/test-progress'
import { useTest } from '../testing/use-test'
import { type Credential, isTestable } from '../words'

/** Tests a stored credential at once and shows how that goes. */
export default function TestDialog({
  credential,
  mayUpdate,
  onClose,
}: {
  credential: Credential
  mayUpdate: boolean
  onClose: () => void
}) {
  const { id, name } = credential
  const canTest = isTestable(credential)
  return (
    <Dialog open onOpenChange={(open) => open || onClose()}>
      <DialogContent size="md">
        <DialogHeader>
          <DialogTitle>
            Test “<bdi>{name}</bdi>”
          </DialogTitle>
          <DialogDescription>
            {canTest
              ? 'Sends the test request with the stored secret. The result is kept with the credential.'
              : 'This credential has no test request. Name an address to test with: one that answers only who is let in, and changes nothing.'}
          </DialogDescription>
        </DialogHeader>
        {canTest ? (
          <StoredTest id={id} />
        ) : (
          <DialogFooter>
            <DialogClose>Close</DialogClose>
            {mayUpdate ? (
              <Link href={editHref(id)} className={buttonVariants({ variant: 'primary' })}>
                Edit credential
              </Link>
            ) : null}
          </DialogFooter>
        )}
      </DialogContent>
    </Dialog>
  )
}

function StoredTest({ id }: { id: string }) {
  const { test, start, cancel, passwordDialog } = useTest()
  const changed = useCredentialsChanged()
  const isRunning = test === null || test.phase === 'running'
  const run = useRef(async () => {})
  run.current = async () => {
    await start({ credential_id: id })
    changed()
  }
  useEffect(() => {
    void run.current()
  }, [])
  return (
    <>
      <ProblemBanner problem={test?.problem ?? null} />
      {test ? <TestProgress test={test} /> : null}
      <DialogFooter>
        {isRunning ? (
          <Button onClick={cancel}>Cancel test</Button>
        ) : (
          <Button onClick={() => void run.current()}>Test again</Button>
        )}
        <DialogClose variant={isRunning ? 'secondary' : 'primary'}>Close</DialogClose>
      </DialogFooter>
      {passwordDialog}
    </>
  )
}
