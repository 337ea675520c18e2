import type { Environment } from '@/lib/api-keys'
import type { CredentialType } from '@/lib/credentials'
import { environmentIn } from '../environment-words'
import { safeSearch } from '../token-search'
import { typeNames } from './words'

/** What the list can be narrowed to, in the words of the list. */
export const statusFilterNames = {
  all: 'All credentials',
  good: 'Good',
  bad: 'Refused or failed',
  untested: 'Not tested',
  unused: 'Not used',
  expiring: 'Expiring or expired',
} as const

export const sortNames = { created: 'Newest first', name: 'Name, A to Z' } as const

/** What the list shows, as its address says it. */
export interface ListState {
  q: string
  status: keyof typeof statusFilterNames
  type?: CredentialType
  environment?: Environment | undefined
  sort: keyof typeof sortNames
  cursor?: string
}

export const LIST_PATH = '/settings/credentials'
export const PAGE_SIZE = 25

export const defaultState: ListState = { q: '', status: 'all', sort: 'created' }

/** Reads a list's address. What it doesn't understand counts as left out: an old or mistyped link still leads to a list. */
export function parseListState(params: URLSearchParams): ListState {
  const status = params.get('status')
  const type = params.get('type')
  const environment = environmentIn(params)
  const cursor = params.get('cursor')
  return {
    q: safeSearch(params.get('q') ?? '').query.slice(0, 100),
    status: isOneOf(statusFilterNames, status) ? status : 'all',
    ...(isOneOf(typeNames, type) ? { type } : {}),
    ...(environment ? { environment } : {}),
    sort: params.get('sort') === 'name' ? 'name' : 'created',
    ...(cursor ? { cursor: cursor.slice(0, 4_000) } : {}),
  }
}

function isOneOf<Names extends object>(names: Names, value: string | null): value is keyof Names & string {
  return value !== null && Object.hasOwn(names, value)
}

/** The address of a list, without what goes without saying. */
export function listHref(state: ListState): string {
  const params = new URLSearchParams()
  if (state.q) params.set('q', state.q)
  if (state.status !== 'all') params.set('status', state.status)
  if (state.type) params.set('type', state.type)
  if (state.environment) params.set('environment', state.environment)
  if (state.sort !== 'created') params.set('sort', state.sort)
  if (state.cursor) params.set('cursor', state.cursor)
  return params.size > 0 ? `${LIST_PATH}?${params}` : LIST_PATH
}

/** The query of `GET /api/v1/credentials` that answers a list. */
export function listQuery({ q, type, environment, cursor, ...state }: ListState): string {
  const given = {
    ...(q.trim() ? { q } : {}),
    ...(type ? { type } : {}),
    ...(environment ? { environment } : {}),
    ...(cursor ? { cursor } : {}),
  }
  return new URLSearchParams({ ...state, ...given, limit: String(PAGE_SIZE) }).toString()
}

/** The state after a change of search, filter or order: it starts at the first page. */
export function changed(state: ListState, change: Partial<ListState>): ListState {
  const { cursor: _, ...rest } = { ...state, ...change }
  return rest
}

/** Whether the list shows less than all credentials. */
export function isFiltered(state: ListState): boolean {
  return state.q.trim() !== '' || state.status !== 'all' || state.type !== undefined || state.environment !== undefined
}
