'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { Button, buttonVariants } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { SearchInput } from '@/components/ui/search-input'
import { Select } from '@/components/ui/select'
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
  const router = useRouter()
  const [pending, start] = useTransition()
  return (
    <form
      aria-label="Filters"
      // Another list, such as by Back or by a link in it, is another form.
      key={auditHref(filter)}
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        const data = new FormData(event.currentTarget)
        const values = Object.fromEntries(filterNames.map((name) => [name, String(data.get(name) ?? '')]))
        start(() => router.push(auditHref(cleaned(values))))
      }}
    >
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
          <Link href={AUDIT_PATH} className={buttonVariants({ variant: 'ghost' })}>
            Clear filters
          </Link>
        ) : null}
      </div>
    </form>
  )
}
