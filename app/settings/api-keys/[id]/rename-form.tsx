'use client'

import { useEffect, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { toast } from '@/components/ui/toast'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { useOpenProblem } from '../../data/use-open-problem'
import { renameKey } from '../actions'
import type { ApiKey } from '../words'

/** Stands in the place of a key's name while that is changed. */
export default function RenameForm({ apiKey, onDone }: { apiKey: ApiKey; onDone: (renamed: boolean) => void }) {
  const [name, setName] = useState(apiKey.name)
  const input = useRef<HTMLInputElement>(null)
  const {
    run,
    pending,
    problem: refusal,
    passwordDialog,
  } = useAction(renameKey, () => {
    toast('API key renamed')
    onDone(true)
  })
  const { problem, errors } = useOpenProblem(refusal, { name })
  useEffect(() => {
    input.current?.focus()
    input.current?.select()
  }, [])
  useEffect(() => {
    if (refusal) input.current?.focus()
  }, [refusal])
  return (
    <form
      noValidate
      className="grid max-w-lg gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        run(apiKey.id, { name })
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onDone(false)
      }}
    >
      {/* The page keeps its heading while the name is edited. */}
      <h1 className="sr-only">{apiKey.name}</h1>
      {problem && !refusal?.fields.name ? <ProblemBanner problem={problem} /> : null}
      <div className="flex flex-wrap items-start gap-2">
        <Field label="Name" error={errors.name} className="flex-1 basis-56">
          <Input ref={input} value={name} autoComplete="off" onChange={(event) => setName(event.currentTarget.value)} />
        </Field>
        {/* Level with the control, below its label. */}
        <div className="flex gap-2 sm:pt-[26px]">
          <Button onClick={() => onDone(false)}>Cancel</Button>
          <Button type="submit" variant="primary" pending={pending}>
            Save name
          </Button>
        </div>
      </div>
      {passwordDialog}
    </form>
  )
}
