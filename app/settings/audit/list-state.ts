import { safeSearch } from '../token-search'

export const AUDIT_PATH = '/settings/audit'
export const EXPORT_PATH = `${AUDIT_PATH}/export`
export const CHECKPOINT_PATH = `${AUDIT_PATH}/checkpoint`

/** What narrows the list, as its address says it. */
export const filterNames = ['q', 'actor', 'action', 'target', 'address', 'from', 'to'] as const
export type FilterName = (typeof filterNames)[number]
export type Filter = Partial<Record<FilterName, string>>

const MAX = 100

/** Reads a list's address. A token in it is replaced as in the search box. */
export function parseFilter(params: URLSearchParams): Filter {
  return cleaned(Object.fromEntries(filterNames.map((name) => [name, params.get(name) ?? ''])))
}

/** Without what is empty, and without tokens. */
export function cleaned(values: Partial<Record<FilterName, string>>): Filter {
  const filter: Filter = {}
  for (const name of filterNames) {
    const value = safeSearch((values[name] ?? '').trim()).query.slice(0, MAX)
    if (value) filter[name] = value
  }
  return filter
}

/** The address of a list or of its export. */
export function auditHref(
  filter: Filter,
  { path = AUDIT_PATH, cursor }: { path?: string; cursor?: string } = {},
): string {
  const params = new URLSearchParams(filter)
  if (cursor) params.set('cursor', cursor)
  return params.size > 0 ? `${path}?${params}` : path
}

export function isFiltered(filter: Filter): boolean {
  return Object.keys(filter).length > 0
}
