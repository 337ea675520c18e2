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
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { toast } from '@/components/ui/toast'
import type { ActionResult } from '../data/action-result'
import { ProblemBanner } from '../data/problem-banner'
import { useAction } from '../data/use-action'
import { useChanged } from '../data/use-api'
import { useFocusOnFirstError } from '../data/use-focus-on-first-error'

/** For how long something is kept, as the server has it. */
const DAYS = { 30: '30 days', 90: '90 days', 180: 'half a year', 365: 'a year' } as const

export interface KeepDecision {
  reason: string
  days: number
}

/** Asks why something that was found is kept, and for how long. */
export default function KeepDialog({
  what,
  keep,
  onKept,
  onClose,
}: {
  /** "“ERP”", "3 keys" */
  what: string
  keep: (decision: KeepDecision) => Promise<ActionResult<number>>
  onKept: () => void
  onClose: () => void
}) {
  const [reason, setReason] = useState('')
  const [days, setDays] = useState('90')
  const form = useRef<HTMLFormElement>(null)
  const changed = useChanged()
  const { run, pending, problem, passwordDialog } = useAction(keep, () => {
    onKept()
    changed()
    toast(`Kept ${what}`)
  })
  useFocusOnFirstError(form, problem)
  return (
    <Dialog open busy={pending} onOpenChange={(open) => open || onClose()}>
      <DialogContent size="md" pressOutsideCloses={false}>
        <form
          ref={form}
          noValidate
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            run({ reason, days: Number(days) })
          }}
        >
          <DialogHeader>
            <DialogTitle>Keep {what}?</DialogTitle>
            <DialogDescription>
              What is found is left out of the review until then. Whoever looks later reads why.
            </DialogDescription>
          </DialogHeader>
          <ProblemBanner problem={problem} />
          <Field label="Reason" error={problem?.fields.reason} hint="Stays in its history.">
            <Input value={reason} onChange={(event) => setReason(event.currentTarget.value)} autoComplete="off" />
          </Field>
          <Field label="Review again in" error={problem?.fields.days}>
            <Select value={days} onChange={(event) => setDays(event.currentTarget.value)}>
              {Object.entries(DAYS).map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </Select>
          </Field>
          <DialogFooter>
            <DialogClose>Cancel</DialogClose>
            <Button type="submit" variant="primary" pending={pending}>
              Keep
            </Button>
          </DialogFooter>
          {passwordDialog}
        </form>
      </DialogContent>
    </Dialog>
  )
}
