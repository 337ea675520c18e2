'use client'

import Link from 'next/link'
import { useRef } from 'react'
import { Button, buttonVariants } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { typeHints } from '@/lib/webhooks/type-hints'
import { ProblemBanner } from '../../data/problem-banner'
import { useFilterForm } from '../../data/use-filter-form'
import { messageStatus, messagesHref, webhookHref } from '../words'

/** What narrows the list of messages; it is in the address, so that a list can be handed on. */
export function MessageFilters({ webhookId, state, type }: { webhookId: string; state?: string; type?: string }) {
  const form = useRef<HTMLFormElement>(null)
  const { key, pending, show, cleared, problem } = useFilterForm(messagesHref(webhookId, { state, type }), form)
  return (
    <form
      ref={form}
      key={key}
      tabIndex={-1}
      aria-label="Filters"
      className="grid grid-cols-2 items-end gap-3 outline-none sm:flex sm:flex-wrap"
      onSubmit={(event) => {
        event.preventDefault()
        const data = new FormData(event.currentTarget)
        const [state, type] = ['state', 'type'].map((name) => String(data.get(name) ?? ''))
        show(messagesHref(webhookId, { state, type }))
      }}
    >
      {problem ? (
        <div className="col-span-2 w-full">
          <ProblemBanner problem={problem} />
        </div>
      ) : null}
      <Field label="Status">
        <Select name="state" defaultValue={state ?? ''}>
          <option value="">Any</option>
          {Object.entries(messageStatus).map(([value, { word }]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Event">
        <Select name="type" defaultValue={type ?? ''}>
          <option value="">Any</option>
          {[...Object.keys(typeHints), 'webhook.test'].map((value) => (
            <option key={value} value={value}>
              {value}
            </option>
          ))}
        </Select>
      </Field>
      <Button type="submit" pending={pending}>
        Apply filters
      </Button>
      {state || type ? (
        <Link href={webhookHref(webhookId)} onClick={cleared} className={buttonVariants({ variant: 'ghost' })}>
          Clear filters
        </Link>
      ) : null}
    </form>
  )
}
