'use client'

import Link from 'next/link'
import { useRef, useState } from 'react'
import { Button, buttonVariants } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Field, FieldGroup } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group'
import { typeHints } from '@/lib/webhooks/type-hints'
import type { ActionProblem } from '../data/action-result'
import { ProblemBanner } from '../data/problem-banner'
import { useFocusOnFirstError } from '../data/use-focus-on-first-error'
import { useWarningWhileUnsaved } from '../data/use-warning-before-leaving'

export interface WebhookValues {
  name: string
  url: string
  event_types: string[] | null
}

/** What a webhook is: its name, where it is, and what it hears of. */
export function WebhookForm({
  initial,
  submit,
  cancelHref,
  pending,
  problem,
  onSubmit,
}: {
  initial: WebhookValues
  /** The verb on the button. */
  submit: string
  /** Where one goes who does not press it; without one the form is part of a page that stays. */
  cancelHref?: string
  pending: boolean
  problem: ActionProblem | null
  onSubmit: (values: WebhookValues) => void
}) {
  const [name, setName] = useState(initial.name)
  const [url, setUrl] = useState(initial.url)
  const [types, setTypes] = useState<string[] | null>(initial.event_types)
  const form = useRef<HTMLFormElement>(null)
  useFocusOnFirstError(form, problem)
  const whileUnsaved = useWarningWhileUnsaved(problem)
  const errors = problem?.fields ?? {}
  return (
    <form
      ref={form}
      {...whileUnsaved}
      className="grid max-w-xl gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit({ name, url, event_types: types })
      }}
    >
      <ProblemBanner problem={problem} />
      <Field label="Name" error={errors.name} required>
        <Input
          value={name}
          onChange={(event) => setName(event.target.value)}
          placeholder="ERP events"
          maxLength={200}
        />
      </Field>
      <Field
        label="Address"
        error={errors.url}
        hint="Fenicia sends a POST with JSON to it. It must answer with 2xx within 15 seconds."
        required
      >
        <Input
          value={url}
          onChange={(event) => setUrl(event.target.value)}
          placeholder="https://erp.example.com/hooks/fenicia"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          className="font-mono"
        />
      </Field>
      <FieldGroup label="Events" error={errors.event_types}>
        <RadioGroup
          value={types === null ? 'all' : 'some'}
          onValueChange={(value) => setTypes(value === 'all' ? null : (types ?? []))}
        >
          <RadioGroupItem value="all" label="All events" hint="Also those that are added later." />
          <RadioGroupItem value="some" label="Only some" />
        </RadioGroup>
        {types === null ? null : (
          <div className="mt-3 grid gap-2 sm:grid-cols-2">
            {Object.entries(typeHints).map(([type, hint]) => (
              <Checkbox
                key={type}
                checked={types.includes(type)}
                onChange={(event) =>
                  setTypes(event.target.checked ? [...types, type] : types.filter((one) => one !== type))
                }
                label={<code className="font-mono text-xs">{type}</code>}
                hint={hint}
              />
            ))}
          </div>
        )}
      </FieldGroup>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" pending={pending}>
          {submit}
        </Button>
        {cancelHref ? (
          <Link href={cancelHref} className={buttonVariants({ variant: 'ghost' })}>
            Cancel
          </Link>
        ) : null}
      </div>
    </form>
  )
}
