'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../confirm-dialog'
import { ProblemBanner } from '../data/problem-banner'
import { useAction } from '../data/use-action'
import { saveAuditPolicy } from './audit-actions'
import { keepChoices } from './audit-choices'
import { useChoice } from './use-choice'

const FOREVER = 'for-ever'

/** How long the account's audit events are kept. */
export function AuditCard({
  keepDays,
  older,
  mayChange,
}: {
  /** Null: for ever. */
  keepDays: number | null
  /** How many events are older than each choice. */
  older: Record<number, number>
  mayChange: boolean
}) {
  const { chosen, choose, ifChanged, forget } = useChoice(keepDays)
  const [asks, setAsks] = useState(false)
  const { run, pending, problem, passwordDialog } = useAction(saveAuditPolicy, () => {
    setAsks(false)
    forget()
    toast('Policy saved')
  })
  const save = () => run({ keep_days: chosen })
  const lost = chosen === null ? 0 : (older[chosen] ?? 0)
  const nameOf = (days: number | null) => keepChoices.find((choice) => choice.days === days)?.name ?? `${days} days`
  const isListed = keepChoices.some(({ days }) => days === keepDays)
  return (
    <Card aria-labelledby="audit">
      <CardHeader>
        <CardTitle id="audit">Audit log</CardTitle>
        <CardDescription>
          How long audit events are kept. What is removed is put on record, and what is left can still be proved.
        </CardDescription>
      </CardHeader>
      <CardContent className="grid gap-4">
        <Field label="Keep events" className="max-w-60">
          <Select
            value={chosen ?? FOREVER}
            disabled={!mayChange}
            onChange={(event) => {
              const { value } = event.currentTarget
              choose(value === FOREVER ? null : Number(value))
            }}
          >
            {isListed ? null : <option value={keepDays ?? FOREVER}>{nameOf(keepDays)}</option>}
            {keepChoices.map(({ days, name }) => (
              <option key={name} value={days ?? FOREVER}>
                {name}
              </option>
            ))}
          </Select>
        </Field>
        {asks ? null : <ProblemBanner problem={problem} />}
        {mayChange ? (
          <div>
            <Button pending={pending} onClick={() => ifChanged(() => (lost > 0 ? setAsks(true) : save()))}>
              Save
            </Button>
          </div>
        ) : null}
        <ConfirmDialog
          open={asks}
          title={`Keep events for ${nameOf(chosen)}?`}
          description={
            <>
              {lost === 1 ? 'One event is' : `${lost.toLocaleString('en')} events are`} older than that. They are
              removed within a day and can’t be brought back: export them first if they may be asked for.
            </>
          }
          problem={problem}
          verb="Remove old events"
          pending={pending}
          onConfirm={save}
          onClose={() => setAsks(false)}
        />
        {passwordDialog}
      </CardContent>
    </Card>
  )
}
