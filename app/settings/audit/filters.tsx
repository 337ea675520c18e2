'use client'

import Link from 'next/link'
import { useRef } from 'react'
import { Button, buttonVariants } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { SearchInput } from '@/components/ui/search-input'
import { Select } from '@/components/ui/select'
import { ProblemBanner } from '../data/problem-banner'
import { useFilterForm } from '../data/use-filter-form'
import { AUDIT_PATH, auditHref, cleaned, type Filter, filterNames, isFiltered } from './list-state'

export interface Option {
  value: string
  name: string
}

/** What narrows the list of events; it is in the address, so that a list can be handed on. */
export function Filters({
  filter,
  people,
  actions,
}: {
  filter: Filter
  /** Who may have done it. */
  people: Option[]
  actions: { kind: Option; actions: Option[] }[]
}) {
  const form = useRef<HTMLFormElement>(null)
  const { key, pending, show, cleared, problem } = useFilterForm(auditHref(filter), form)
  return (
    <form
      ref={form}
      key={key}
      tabIndex={-1}
      aria-label="Filters"
      className="grid gap-3 outline-none"
      onSubmit={(event) => {
        event.preventDefault()
        const { elements } = event.currentTarget
        const controls = filterNames.map((name) => [name, elements.namedItem(name) as HTMLInputElement] as const)
        const asked = cleaned(Object.fromEntries(controls.map(([name, { value }]) => [name, value])))
        // As the list is asked for: such as without a token.
        for (const [name, control] of controls) control.value = asked[name] ?? ''
        show(auditHref(asked))
      }}
    >
      <ProblemBanner problem={problem} />
      <SearchInput
        name="q"
        aria-label="Search events"
        placeholder="Search by name, details, id or request id"
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        defaultValue={filter.q}
      />
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-3">
        <Field label="Who">
          <Select name="actor" defaultValue={filter.actor ?? ''}>
            <option value="">Anybody</option>
            {people.map(({ value, name }) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="What">
          <Select name="action" defaultValue={filter.action ?? ''}>
            <option value="">Anything</option>
            {actions.map(({ kind, actions }) => (
              <optgroup key={kind.value} label={kind.name}>
                <option value={kind.value}>{kind.name}: everything</option>
                {actions.map(({ value, name }) => (
                  <option key={value} value={value}>
                    {name}
                  </option>
                ))}
              </optgroup>
            ))}
          </Select>
        </Field>
        <Field label="Target id">
          <Input name="target" mono placeholder="key_…, cred_…" maxLength={100} defaultValue={filter.target} />
        </Field>
        <Field label="From address">
          <Input name="address" mono placeholder="203.0.113.7" maxLength={100} defaultValue={filter.address} />
        </Field>
        <Field label="From day (UTC)">
          <Input name="from" type="date" defaultValue={filter.from} />
        </Field>
        <Field label="To day (UTC)">
          <Input name="to" type="date" defaultValue={filter.to} />
        </Field>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" pending={pending}>
          Apply filters
        </Button>
        {isFiltered(filter) ? (
          <Link href={AUDIT_PATH} onClick={cleared} className={buttonVariants({ variant: 'ghost' })}>
            Clear filters
          </Link>
        ) : null}
      </div>
    </form>
  )
}
