'use client'

import { useEffect, useRef, useState } from 'react'
import { SearchInput } from '@/components/ui/search-input'
import { Select } from '@/components/ui/select'
import { safeSearch } from '../api-keys/token-search'
import { EnvironmentFilter } from '../environment-filter'
import { changed, type ListState, type Sort, sortNames } from './list-state'
import { stateFilterNames } from './words'

const SEARCH_DELAY_MS = 250

/** Search, filter and order of the list. */
export function IntegrationsToolbar({ state, onChange }: { state: ListState; onChange: (state: ListState) => void }) {
  return (
    <div className="grid grid-cols-2 gap-2 lg:flex lg:items-start">
      <Search state={state} onChange={onChange} />
      <EnvironmentFilter
        className="lg:w-40"
        value={state.environment}
        onChange={(environment) => onChange(changed(state, { environment }))}
      />
      <Select
        aria-label="State"
        className="lg:w-44"
        value={state.state ?? ''}
        onChange={(event) =>
          onChange(changed(state, { state: (event.currentTarget.value || undefined) as ListState['state'] }))
        }
      >
        <option value="">Any state</option>
        {Object.entries(stateFilterNames).map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Sort"
        className="max-lg:col-span-2 lg:w-44"
        value={state.sort}
        onChange={(event) => onChange(changed(state, { sort: event.currentTarget.value as Sort }))}
      >
        {Object.entries(sortNames).map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </Select>
    </div>
  )
}

/** Searches while one types. A token that is pasted never leaves the box. */
function Search({ state, onChange }: { state: ListState; onChange: (state: ListState) => void }) {
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
    setText(safe.hidToken ? '' : typed)
    setHidToken(safe.hidToken)
    const query = safe.hidToken ? '' : typed
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => {
      const { state, onChange } = latest.current
      if (query === state.q) return
      sent.current = query
      onChange(changed(state, { q: query }))
    }, SEARCH_DELAY_MS)
  }

  return (
    <div className="col-span-2 min-w-0 lg:flex-1">
      <SearchInput
        aria-label="Search integrations"
        placeholder="Search by name, slug or base URL"
        autoComplete="off"
        spellCheck={false}
        value={text}
        maxLength={100}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') type('')
        }}
      />
      <p aria-live="polite" className="mt-1.5 text-muted-foreground text-xs empty:mt-0">
        {hidToken ? 'That looked like a secret. It did not leave this page.' : null}
      </p>
    </div>
  )
}
