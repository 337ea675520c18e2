'use client'

import { Select } from '@/components/ui/select'
import { EnvironmentFilter } from '../environment-filter'
import { ListSearch } from '../list-search'
import { changed, type ListState, type Sort, sortNames } from './list-state'
import { stateFilterNames } from './words'

/** Search, filter and order of the list. */
export function IntegrationsToolbar({ state, onChange }: { state: ListState; onChange: (state: ListState) => void }) {
  return (
    <div className="grid grid-cols-2 gap-2 lg:flex lg:items-start">
      <ListSearch
        label="Search integrations"
        placeholder="Search by name, slug or base URL"
        value={state.q}
        onSearch={(q) => onChange(changed(state, { q }))}
      />
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
