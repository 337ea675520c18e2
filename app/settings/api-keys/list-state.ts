import type { ListKeysQuery } from '@/lib/api-keys'
import { safeSearch } from '../token-search'

/** What the list shows, as its address says it. */
export type ListState = Required<Pick<ListKeysQuery, 'status' | 'sort' | 'order'>> &
  Pick<ListKeysQuery, 'environment' | 'cursor'> & { q: string }

type StatusFilter = ListKeysQuery['status']
type Sort = ListKeysQuery['sort']

export const LIST_PATH = '/settings/api-keys'
export const PAGE_SIZE = 25

/** Statuses to choose from, in the words of the list. */
export const statusFilterNames: Partial<Record<StatusFilter, string>> = {
  current: 'All current',
  active: 'Active',
  retiring: 'Retiring',
  paused: 'Paused',
  retired: 'Retired',
  expired: 'Expired',
  revoked: 'Revoked',
  all: 'All statuses',
}

/** The order that each column is sorted in first. */
const firstOrders: Record<Sort, ListState['order']> = {
  created: 'desc',
  name: 'asc',
  last_used: 'desc',
  expires: 'asc',
}

export const sortNames: { sort: Sort; order: ListState['order']; label: string }[] = [
  { sort: 'created', order: 'desc', label: 'Newest first' },
  { sort: 'created', order: 'asc', label: 'Oldest first' },
  { sort: 'name', order: 'asc', label: 'Name, A to Z' },
  { sort: 'name', order: 'desc', label: 'Name, Z to A' },
  { sort: 'last_used', order: 'desc', label: 'Last used, latest first' },
  { sort: 'last_used', order: 'asc', label: 'Last used, longest ago first' },
  { sort: 'expires', order: 'asc', label: 'Expires soonest' },
  { sort: 'expires', order: 'desc', label: 'Expires latest' },
]

export const defaultState: ListState = { q: '', status: 'current', sort: 'created', order: 'desc' }

/**
 * Reads a list's address. What it doesn't understand counts as left out: an old or mistyped link still leads to a list.
 * A token in it is replaced as in the search box.
 */
export function parseListState(params: URLSearchParams): ListState {
  const sort = sortNames.find((one) => one.sort === params.get('sort'))?.sort ?? 'created'
  const order = params.get('order')
  const status = params.get('status') as StatusFilter | null
  const environment = params.get('environment')
  return {
    q: safeSearch(params.get('q') ?? '').query.slice(0, 100),
    status: status && Object.hasOwn(statusFilterNames, status) ? status : 'current',
    ...(environment === 'live' || environment === 'test' ? { environment } : {}),
    sort,
    order: order === 'asc' || order === 'desc' ? order : firstOrders[sort],
    ...(params.get('cursor') ? { cursor: params.get('cursor')?.slice(0, 500) } : {}),
  }
}

/** The address of a list, without what goes without saying. */
export function listHref(state: ListState): string {
  const params = new URLSearchParams()
  if (state.q) params.set('q', state.q)
  if (state.status !== 'current') params.set('status', state.status)
  if (state.environment) params.set('environment', state.environment)
  if (state.sort !== 'created') params.set('sort', state.sort)
  if (state.order !== firstOrders[state.sort]) params.set('order', state.order)
  if (state.cursor) params.set('cursor', state.cursor)
  return params.size > 0 ? `${LIST_PATH}?${params}` : LIST_PATH
}

/** The query of `GET /api/v1/keys` that answers a list. */
export function listQuery({ q, ...state }: ListState): string {
  const search = q.trim() ? { q } : {}
  return new URLSearchParams({ ...state, ...search, limit: String(PAGE_SIZE) } as Record<string, string>).toString()
}

/** The state after a change of search, filter or order: it starts at the first page. */
export function changed(state: ListState, change: Partial<ListState>): ListState {
  const { cursor: _, ...rest } = { ...state, ...change }
  return rest
}

/** The state after a press on a column's head: sorted by it, or the other way round when it was already. */
export function sortedBy(state: ListState, sort: Sort): ListState {
  const opposite = state.order === 'asc' ? 'desc' : 'asc'
  return changed(state, { sort, order: state.sort === sort ? opposite : firstOrders[sort] })
}

/** Whether the list shows less than all current keys. */
export function isFiltered(state: ListState): boolean {
  return state.q.trim() !== '' || state.status !== 'current' || state.environment !== undefined
}
