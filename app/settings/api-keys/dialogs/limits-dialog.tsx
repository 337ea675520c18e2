'use client'

import { useRef, useState } from 'react'
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
import { toast } from '@/components/ui/toast'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { useFocusOnFirstError } from '../../data/use-focus-on-first-error'
import { useOpenProblem } from '../../data/use-open-problem'
import { changeLimits } from '../actions'
import { draftOf, limitsInput } from '../limits/draft'
import { LimitsFields } from '../limits/limits-fields'
import { useKeysChanged } from '../queries'
import type { ApiKey } from '../words'

/** Changes the limits of a key. */
export default function LimitsDialog({
  apiKey,
  onChanged,
  onClose,
}: {
  apiKey: ApiKey
  onChanged?: () => void
  onClose: () => void
}) {
  const [draft, setDraft] = useState(() => draftOf(apiKey))
  const keysChanged = useKeysChanged()
  const form = useRef<HTMLFormElement>(null)
  const {
    run,
    pending,
    problem: refusal,
    passwordDialog,
  } = useAction(changeLimits, () => {
    onClose()
    keysChanged()
    onChanged?.()
    toast(`Limits of “${apiKey.name}” saved`)
  })
  const { problem, errors } = useOpenProblem(refusal, limitsInput(draft))
  useFocusOnFirstError(form, refusal)
  return (
    <Dialog open busy={pending} onOpenChange={(open) => open || onClose()}>
      <DialogContent size="md" pressOutsideCloses={false}>
        <form
          ref={form}
          noValidate
          className="grid gap-5"
          onSubmit={(event) => {
            event.preventDefault()
            run(apiKey.id, limitsInput(draft))
          }}
        >
          <DialogHeader>
            <DialogTitle>
              Limits of “<bdi>{apiKey.name}</bdi>”
            </DialogTitle>
            <DialogDescription>They hold from the next request on. What was used up stays used up.</DialogDescription>
          </DialogHeader>
          <ProblemBanner problem={problem} />
          <LimitsFields draft={draft} onChange={setDraft} errors={errors} />
          <DialogFooter className="sticky bottom-0 z-10 -mx-5 -mb-5 border-border border-t bg-popover px-5 py-3">
            <DialogClose>Cancel</DialogClose>
            <Button type="submit" variant="primary" pending={pending}>
              Save limits
            </Button>
          </DialogFooter>
          {passwordDialog}
        </form>
      </DialogContent>
    </Dialog>
  )
}
