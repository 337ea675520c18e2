'use client'

import { useEffect, useRef, useState } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { CopyButton } from '@/components/ui/copy-button'
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog'
import { ConfirmDialog } from '../../confirm-dialog'
import { useCalls } from '../../data/use-calls'
import { makeRecoveryCodesAction } from './actions'

/** How many codes are left, and the way to new ones. */
export function RecoveryCodes({ left, onCodes }: { left: number; onCodes: (codes: string[]) => void }) {
  const [asks, setAsks] = useState(false)
  const { run, pending, refusal, clear, passwordDialog } = useCalls()

  async function make() {
    const made = await run(makeRecoveryCodesAction)
    if (!made) return
    setAsks(false)
    onCodes(made.value)
  }
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <div className="min-w-0">
        <h3 className="font-medium">Recovery codes</h3>
        <p className="text-muted-foreground text-sm">
          {left === 0 ? 'None is left.' : `${left} of 10 left.`} Each lets you in once when your second factor is lost.
        </p>
      </div>
      <Button
        onClick={() => {
          clear()
          setAsks(true)
        }}
      >
        Make new codes
      </Button>
      <ConfirmDialog
        open={asks}
        title="Make new recovery codes?"
        description={
          <>
            The {left === 0 ? 'old ones' : left === 1 ? 'one that is left stops' : `${left} that are left stop`}{' '}
            {left === 0 ? 'stay as used up as they are.' : 'working at once.'} The new ones are shown only once.
          </>
        }
        problem={refusal}
        verb="Make new codes"
        pending={pending}
        onConfirm={() => void make()}
        onClose={() => setAsks(false)}
      />
      {passwordDialog}
    </div>
  )
}

/** New recovery codes, the only time that they can be seen. Stays until the person says that they have stored them. */
export function NewRecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const [stored, setStored] = useState(false)
  const [reminded, setReminded] = useState(false)
  const tick = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // A page that the browser keeps for the Back button must not keep the codes.
    addEventListener('pagehide', onClose)
    return () => removeEventListener('pagehide', onClose)
  }, [onClose])
  return (
    <Dialog open onOpenChange={() => undefined}>
      <DialogContent dismissible={false}>
        <DialogHeader>
          <DialogTitle>Store your recovery codes</DialogTitle>
          <DialogDescription>
            Each lets you in once, with your password, when your second factor is lost. Keep them where you keep what
            matters, such as a password manager. They are shown only this once.
          </DialogDescription>
        </DialogHeader>
        <ul
          aria-label="Recovery codes"
          className="grid grid-cols-1 gap-x-6 gap-y-1 rounded border border-input bg-background px-4 py-3 font-mono text-sm sm:grid-cols-2"
        >
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <div>
          <CopyButton value={`${codes.join('\n')}\n`} variant="primary">
            Copy all
          </CopyButton>
        </div>
        <div className="grid gap-2 border-border border-t pt-4">
          <Checkbox
            ref={tick}
            label="I have stored these codes"
            checked={stored}
            aria-invalid={(reminded && !stored) || undefined}
            onChange={(event) => setStored(event.currentTarget.checked)}
          />
          <div aria-live="polite">
            {reminded && !stored ? <Banner tone="warning">Store the codes first, then tick the box.</Banner> : null}
          </div>
        </div>
        <DialogFooter className="mt-0">
          <Button
            variant={stored ? 'primary' : 'secondary'}
            onClick={() => {
              if (stored) return onClose()
              setReminded(true)
              tick.current?.focus()
            }}
          >
            Done
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  )
}
