import { safeSearch } from '../token-search'

export const MEMBERS_HREF = '/settings/members'
export const PAGE_SIZE = 25

/** What the list of members shows, as its address says it. */
export interface ListState {
  q: string
  /** Counted from 0. */
  page: number
}

/** Reads the list's address. What it doesn't understand counts as left out. */
export function parseListState(params: URLSearchParams): ListState {
  const page = Number(params.get('page') ?? 1)
  return {
    q: safeSearch(params.get('q') ?? '').query.slice(0, 100),
    page: Number.isInteger(page) && page > 0 ? page - 1 : 0,
  }
}

/** The address of a list, without what goes without saying. */
export function listHref({ q, page }: ListState): string {
  const params = new URLSearchParams()
  if (q) params.set('q', q)
  if (page > 0) params.set('page', String(page + 1))
  return params.size > 0 ? `${MEMBERS_HREF}?${params}` : MEMBERS_HREF
}

/** One page of those rows whose text has all words of the search; the last one where there are no longer so many. */
export function shownRows<Row extends { text: string }>(
  rows: readonly Row[],
  { q, page }: ListState,
): { data: readonly Row[]; total: number; page: number; pages: number } {
  const words = plain(q).split(/\s+/).filter(Boolean)
  const found = rows.filter(({ text }) => words.every((word) => plain(text).includes(word)))
  const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE))
  const shown = Math.min(page, pages - 1)
  return { data: found.slice(shown * PAGE_SIZE, (shown + 1) * PAGE_SIZE), total: found.length, page: shown, pages }
}

/** Without case and accents: whoever looks for “Jose” finds “José”. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
