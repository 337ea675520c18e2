'use client'

import { Select } from '@/components/ui/select'
import { EnvironmentFilter } from '../environment-filter'
import { ListSearch } from '../list-search'
import { changed, type ListState, sortNames, statusFilterNames } from './list-state'

/** Search, filters and order of the list. */
export function KeysToolbar({ state, onChange }: { state: ListState; onChange: (state: ListState) => void }) {
  return (
    <div className="grid grid-cols-2 gap-2 lg:flex lg:items-start">
      <ListSearch
        label="Search API keys"
        placeholder="Search by name, id or hint"
        maxLength={300}
        value={state.q}
        onSearch={(q) => onChange(changed(state, { q }))}
        instead={(hint) => ({
          query: hint,
          note: `That was a token. It did not leave this page: the search is for keys with “${hint}” in their hint.`,
        })}
      />
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
