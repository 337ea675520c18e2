'use client'

import { useEffect, useRef, useState } from 'react'
import { SearchInput } from '@/components/ui/search-input'
import { Select } from '@/components/ui/select'
import { EnvironmentFilter } from '../environment-filter'
import { changed, type ListState, sortNames, statusFilterNames } from './list-state'
import { typeNames } from './words'

const SEARCH_DELAY_MS = 250

/** Search, filters and order of the list. */
export function CredentialsToolbar({ state, onChange }: { state: ListState; onChange: (state: ListState) => void }) {
  return (
    <div className="grid grid-cols-2 gap-2 lg:flex lg:items-start">
      <CredentialSearch state={state} onChange={onChange} />
      <EnvironmentFilter
        className="lg:w-36"
        value={state.environment}
        onChange={(environment) => onChange(changed(state, { environment }))}
      />
      <Select
        aria-label="Type"
        className="lg:w-40"
        value={state.type ?? ''}
        onChange={(event) =>
          onChange(changed(state, { type: (event.currentTarget.value || undefined) as ListState['type'] }))
        }
      >
        <option value="">All types</option>
        <Options names={typeNames} />
      </Select>
      <Select
        aria-label="Status"
        className="lg:w-44"
        value={state.status}
        onChange={(event) => onChange(changed(state, { status: event.currentTarget.value as ListState['status'] }))}
      >
        <Options names={statusFilterNames} />
      </Select>
      <Select
        aria-label="Sort"
        className="lg:w-40"
        value={state.sort}
        onChange={(event) => onChange(changed(state, { sort: event.currentTarget.value as ListState['sort'] }))}
      >
        <Options names={sortNames} />
      </Select>
    </div>
  )
}

function Options({ names }: { names: Record<string, string> }) {
  return Object.entries(names).map(([value, name]) => (
    <option key={value} value={value}>
      {name}
    </option>
  ))
}

/** Searches while one types. */
function CredentialSearch({ state, onChange }: { state: ListState; onChange: (state: ListState) => void }) {
  const [text, setText] = useState(state.q)
  const timer = useRef<number>(undefined)
  const latest = useRef({ state, onChange })
  const sent = useRef(state.q)
  useEffect(() => {
    latest.current = { state, onChange }
    // The address changed by other means, such as Back or a cleared filter.
    if (state.q !== sent.current) {
      sent.current = state.q
      setText(state.q)
    }
  }, [state, onChange])
  useEffect(() => () => window.clearTimeout(timer.current), [])

  function type(typed: string) {
    setText(typed)
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => {
      const { state, onChange } = latest.current
      if (typed === state.q) return
      sent.current = typed
      onChange(changed(state, { q: typed }))
    }, SEARCH_DELAY_MS)
  }

  return (
    <SearchInput
      aria-label="Search credentials"
      placeholder="Search by name, host, provider or id"
      className="col-span-2 min-w-0 lg:flex-1"
      autoComplete="off"
      spellCheck={false}
      value={text}
      maxLength={100}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') type('')
      }}
    />
  )
}
