import type { ListIntegrationsQuery } from '@/lib/integrations/read'
import { environmentIn } from '../environment-words'
import { safeSearch } from '../token-search'
import { LIST_PATH } from './paths'
import { stateFilterNames } from './words'

/** What the list shows, as its address says it. */
export type ListState = Pick<ListIntegrationsQuery, 'state' | 'environment' | 'sort' | 'cursor'> & { q: string }

export type Sort = ListIntegrationsQuery['sort']

export const PAGE_SIZE = 25

export const sortNames: Record<Sort, string> = { created: 'Newest first', name: 'Name, A to Z' }

export const defaultState: ListState = { q: '', sort: 'created' }

/**
 * Reads a list's address. What it doesn't understand counts as left out: an old or mistyped link still leads to a list.
 * A token in it is replaced as in the search box.
 */
export function parseListState(params: URLSearchParams): ListState {
  const sort = params.get('sort') ?? ''
  const state = params.get('state') ?? ''
  const environment = environmentIn(params)
  return {
    q: safeSearch(params.get('q') ?? '').query.slice(0, 100),
    ...(environment ? { environment } : {}),
    ...(Object.hasOwn(stateFilterNames, state) ? { state: state as ListState['state'] } : {}),
    sort: Object.hasOwn(sortNames, sort) ? (sort as Sort) : 'created',
    ...(params.get('cursor') ? { cursor: params.get('cursor')?.slice(0, 4_000) } : {}),
  }
}

/** The address of a list, without what goes without saying. */
export function listHref(state: ListState): string {
  const params = new URLSearchParams()
  if (state.q) params.set('q', state.q)
  if (state.environment) params.set('environment', state.environment)
  if (state.state) params.set('state', state.state)
  if (state.sort !== 'created') params.set('sort', state.sort)
  if (state.cursor) params.set('cursor', state.cursor)
  return params.size > 0 ? `${LIST_PATH}?${params}` : LIST_PATH
}

/** The query of `GET /api/v1/integrations` that answers a list. */
export function listQuery({ q, ...state }: ListState): string {
  const search = q.trim() ? { q } : {}
  return new URLSearchParams({ ...state, ...search, limit: String(PAGE_SIZE) } as Record<string, string>).toString()
}

/** The path of the API that answers a list. */
export function listPath(state: ListState): string {
  return `/integrations?${listQuery(state)}`
}

/** The state after a change of search, filter or order: it starts at the first page. */
export function changed(state: ListState, change: Partial<ListState>): ListState {
  const { cursor: _, ...rest } = { ...state, ...change }
  if (rest.state === undefined) delete rest.state
  if (rest.environment === undefined) delete rest.environment
  return rest
}

/** Whether the list shows less than all integrations. */
export function isFiltered(state: ListState): boolean {
  return state.q.trim() !== '' || state.state !== undefined || state.environment !== undefined
}
