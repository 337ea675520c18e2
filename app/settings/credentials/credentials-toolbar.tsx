'use client'

import { Select } from '@/components/ui/select'
import { EnvironmentFilter } from '../environment-filter'
import { ListSearch } from '../list-search'
import { changed, type ListState, sortNames, statusFilterNames } from './list-state'
import { typeNames } from './words'

/** Search, filters and order of the list. */
export function CredentialsToolbar({ state, onChange }: { state: ListState; onChange: (state: ListState) => void }) {
  return (
    <div className="grid grid-cols-2 gap-2 lg:flex lg:items-start">
      <ListSearch
        label="Search credentials"
        placeholder="Search by name, host, provider or id"
        value={state.q}
        onSearch={(q) => onChange(changed(state, { q }))}
      />
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
