'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { ConfirmDialog } from '../../confirm-dialog'
import { useAction } from '../../data/use-action'
import { rotateSecret } from '../actions'
import { SecretPanel } from '../secret-panel'

/** What becomes of the present secret, by the hours for which it signs too. */
const endOfPresent = {
  24: 'The present one signs too for 24 hours.',
  168: 'The present one signs too for 7 days.',
  0: 'The present one ends at once: until your receiver knows the new one, it takes no message.',
}

/** Puts another signing secret in the place of the present one, and shows it once. */
export function RotateSecret({ id }: { id: string }) {
  const router = useRouter()
  const [secret, setSecret] = useState<string | null>(null)
  const [hours, setHours] = useState<keyof typeof endOfPresent>(24)
  const [isAsking, setAsking] = useState(false)
  const { run, pending, problem, clear, passwordDialog } = useAction(rotateSecret, (another) => {
    setSecret(another)
    setAsking(false)
    // The card says until when the one before signs too.
    router.refresh()
  })
  return (
    <div className="grid gap-4">
      {secret ? <SecretPanel secret={secret} /> : null}
      <Field label="The present secret signs too" className="max-w-60">
        <Select value={hours} onChange={(event) => setHours(Number(event.target.value) as typeof hours)}>
          <option value="24">for 24 more hours</option>
          <option value="168">for 7 more days</option>
          <option value="0">no longer</option>
        </Select>
      </Field>
      <div>
        <Button onClick={() => setAsking(true)}>Rotate secret</Button>
      </div>
      <ConfirmDialog
        open={isAsking}
        title="Rotate the signing secret?"
        description={`Another secret takes the place of the present one, and is shown once. ${endOfPresent[hours]} One that was there before it ends at once.`}
        problem={problem}
        verb="Rotate secret"
        pending={pending}
        onConfirm={() => run(id, { overlap_hours: hours })}
        onClose={() => {
          setAsking(false)
          clear()
        }}
        passwordDialog={passwordDialog}
      />
    </div>
  )
}
