import { type ListState, listQuery } from './list-state'

/** The page of a key. */
export function keyHref(id: string): string {
  return `/settings/api-keys/${id}`
}

/** Where unused keys are looked through. */
export const REVIEW_HREF = '/settings/api-keys/review'

/** All keys, as a file. */
export const EXPORT_HREF = '/settings/api-keys/export'

/** The report of a bulk revocation, as a file. */
export function reportHref(id: string): string {
  return `${REVIEW_HREF}/report/${id}`
}

// The paths of the API that these pages read, below /api/v1.

export const REVIEW_COUNT_PATH = '/review/keys?limit=1'

export function listPath(state: ListState): string {
  return `/keys?${listQuery(state)}`
}

export function reviewPath(finding: string | null, cursor: string | undefined): string {
  const query = new URLSearchParams({ limit: '50', ...(finding ? { finding } : {}), ...(cursor ? { cursor } : {}) })
  return `/review/keys?${query}`
}

/** How a key is used, from a day (UTC) on. */
export function usagePath(id: string, day: string): string {
  return `${keyPath(id)}/usage?from=${day}T00:00:00Z`
}

export function rehearsalPath(id: string): string {
  return `${keyPath(id)}/rehearsal`
}

export function keyPath(id: string): string {
  return `/keys/${encodeURIComponent(id)}`
}

export function bulkRevocationPath(id: string): string {
  return `/bulk-revocations/${encodeURIComponent(id)}`
}
