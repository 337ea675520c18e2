'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { rotateSecret } from '../actions'
import { SecretPanel } from '../secret-panel'

/** Puts another signing secret in the place of the present one, and shows it once. */
export function RotateSecret({ id }: { id: string }) {
  const router = useRouter()
  const [secret, setSecret] = useState<string | null>(null)
  const [hours, setHours] = useState('24')
  const { run, pending, problem, passwordDialog } = useAction(rotateSecret, (another) => {
    setSecret(another)
    // The card says until when the one before signs too.
    router.refresh()
  })
  return (
    <div className="grid gap-4">
      {secret ? <SecretPanel secret={secret} /> : null}
      <ProblemBanner problem={problem} />
      <Field label="The present secret signs too" className="max-w-60">
        <Select value={hours} onChange={(event) => setHours(event.target.value)}>
          <option value="24">for 24 more hours</option>
          <option value="168">for 7 more days</option>
          <option value="0">no longer</option>
        </Select>
      </Field>
      <div>
        <Button pending={pending} onClick={() => run(id, { overlap_hours: Number(hours) })}>
          Rotate secret
        </Button>
      </div>
      {passwordDialog}
    </div>
  )
}
