'use client'

import { useEffect, useRef, useState } from 'react'
import { SearchInput } from '@/components/ui/search-input'
import { Select } from '@/components/ui/select'
import { EnvironmentFilter } from '../environment-filter'
import { changed, type ListState, sortNames, statusFilterNames } from './list-state'
import { safeSearch } from './token-search'

const SEARCH_DELAY_MS = 250

/** Search, filters and order of the list. */
export function KeysToolbar({ state, onChange }: { state: ListState; onChange: (state: ListState) => void }) {
  return (
    <div className="grid grid-cols-2 gap-2 lg:flex lg:items-start">
      <KeySearch state={state} onChange={onChange} />
      <EnvironmentFilter
        className="lg:w-44"
        value={state.environment}
        onChange={(environment) => onChange(changed(state, { environment }))}
      />
      <Select
        aria-label="Status"
        className="lg:w-44"
        value={state.status}
        onChange={(event) => onChange(changed(state, { status: event.currentTarget.value as ListState['status'] }))}
      >
        {Object.entries(statusFilterNames).map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Sort"
        className="max-lg:col-span-2 lg:w-48"
        value={`${state.sort} ${state.order}`}
        onChange={(event) => {
          const chosen = sortNames.find(({ sort, order }) => `${sort} ${order}` === event.currentTarget.value)
          if (chosen) onChange(changed(state, { sort: chosen.sort, order: chosen.order }))
        }}
      >
        {sortNames.map(({ sort, order, label }) => (
          <option key={label} value={`${sort} ${order}`}>
            {label}
          </option>
        ))}
      </Select>
    </div>
  )
}

/** Searches while one types. A token that is pasted never leaves the box: its hint is searched for instead. */
function KeySearch({ state, onChange }: { state: ListState; onChange: (state: ListState) => void }) {
  const [text, setText] = useState(state.q)
  const [hidToken, setHidToken] = useState(false)
  const timer = useRef<number>(undefined)
  const latest = useRef({ state, onChange })
  const sent = useRef(state.q)
  useEffect(() => {
    latest.current = { state, onChange }
    // The address changed by other means, such as Back or a cleared filter.
    if (state.q !== sent.current) {
      sent.current = state.q
      setText(state.q)
      setHidToken(false)
    }
  }, [state, onChange])
  useEffect(() => () => window.clearTimeout(timer.current), [])

  function type(typed: string) {
    const safe = safeSearch(typed)
    setText(safe.hidToken ? safe.query : typed)
    setHidToken(safe.hidToken)
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => {
      const { state, onChange } = latest.current
      if (safe.query === state.q) return
      sent.current = safe.query
      onChange(changed(state, { q: safe.query }))
    }, SEARCH_DELAY_MS)
  }

  return (
    <div className="col-span-2 min-w-0 lg:flex-1">
      <SearchInput
        aria-label="Search API keys"
        placeholder="Search by name, id or hint"
        autoComplete="off"
        spellCheck={false}
        value={text}
        maxLength={300}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') type('')
        }}
      />
      <p aria-live="polite" className="mt-1.5 text-muted-foreground text-xs empty:mt-0">
        {hidToken
          ? `That was a token. It did not leave this page: the search is for keys with “${text}” in their hint.`
          : null}
      </p>
    </div>
  )
}
