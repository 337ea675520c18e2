'use client'

import { useEffect, useRef, useState } from 'react'
import { emptyForm, refusedForm } from '@/app/form-state'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { toast } from '@/components/ui/toast'
import { ProblemBanner } from '../data/problem-banner'
import { useCallAndRefresh } from '../data/use-call-and-refresh'
import { inviteAction } from './actions'
import { chosenOption, type RoleOption } from './words'

export function InviteForm({ options }: { options: RoleOption[] }) {
  const form = useRef<HTMLFormElement>(null)
  const invited = useRef('')
  const [chosen, setChosen] = useState<string>('staff')
  const { run, pending, refusal, passwordDialog } = useCallAndRefresh(inviteAction, () => {
    form.current?.reset()
    setChosen('staff')
    toast(`An invitation is on its way to ${invited.current}`)
  })
  const option = chosenOption(options, chosen)
  const { message, errors } = refusal ? refusedForm(refusal) : emptyForm

  useEffect(() => {
    if (refusal) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [refusal])

  return (
    <form
      ref={form}
      noValidate
      className="grid max-w-xl gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        const data = new FormData(event.currentTarget)
        invited.current = String(data.get('email')).trim()
        void run({ email: invited.current, role: String(data.get('role')) })
      }}
    >
      <ProblemBanner problem={message ? refusal : null} />
      <Field label="E-mail" error={errors.email} required>
        <Input name="email" type="email" autoComplete="off" autoCapitalize="off" spellCheck={false} />
      </Field>
      <Field label="Role" hint={option?.may} error={errors.role}>
        <Select name="role" value={option?.value ?? ''} onChange={(event) => setChosen(event.currentTarget.value)}>
          {options.map(({ value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <div className="justify-self-start">
        <Button type="submit" variant="primary" pending={pending}>
          Send invitation
        </Button>
      </div>
      {passwordDialog}
    </form>
  )
}
