import { type ListState, listQuery } from './list-state'

/** The page of a key. */
export function keyHref(id: string): string {
  return `/settings/api-keys/${id}`
}

/** Where unused keys are looked through. */
export const REVIEW_HREF = '/settings/api-keys/review'

// The paths of the API that these pages read, below /api/v1.

export const REVIEW_COUNT_PATH = '/keys?status=review&limit=1'

export function listPath(state: ListState): string {
  return `/keys?${listQuery(state)}`
}

export function reviewPath(cursor: string | undefined): string {
  return `/keys?status=review&sort=last_used&order=asc&limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`
}

export function keyPath(id: string): string {
  return `/keys/${encodeURIComponent(id)}`
}

export function bulkRevocationPath(id: string): string {
  return `/bulk-revocations/${encodeURIComponent(id)}`
}
