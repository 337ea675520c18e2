import type { Environment } from '@/lib/api-keys'
import { type ListState, listQuery } from './list-state'

/** The page of a credential. */
export function credentialHref(id: string): string {
  return `/settings/credentials/${id}`
}

/** Where a credential is changed; with `draftId`, as a test of the changes has left them. */
export function editHref(id: string, draftId?: string): string {
  return `${credentialHref(id)}/edit${draftId ? `?draft=${draftId}` : ''}`
}

export const NEW_HREF = '/settings/credentials/new'
/** What stands in the place of a provider for a service that is not in the catalogue. */
export const OTHER_SERVICE = 'other'

/** The form for a new credential of a provider of the catalogue, or of `OTHER_SERVICE`; null: where that is chosen. */
export function newHref(provider: string | null, environment: Environment): string {
  const query = new URLSearchParams({
    ...(provider === null ? {} : { provider }),
    ...(environment === 'test' ? { environment } : {}),
  })
  return query.size === 0 ? NEW_HREF : `${NEW_HREF}?${query}`
}

/** Where a draft goes on. */
export function draftHref({ id, credential_id }: { id: string; credential_id: string | null }): string {
  return credential_id ? editHref(credential_id, id) : `${NEW_HREF}?draft=${id}`
}

/** The page of an integration. */
export function integrationHref(id: string): string {
  return `/settings/integrations/${id}`
}

/** The form for a new integration that uses a credential. */
export function newIntegrationHref(credentialId: string): string {
  return `/settings/integrations/new?credential=${encodeURIComponent(credentialId)}`
}

/** Runs a test and tells of it as it goes, see `test/route.ts`. */
export const TEST_PATH = '/settings/credentials/test'

/** Where credentials are looked through. */
export const REVIEW_HREF = '/settings/credentials/review'
/** All credentials, as a file. */
export const EXPORT_HREF = '/settings/credentials/export'

// The paths of the API that these pages read, below /api/v1.

export const DRAFTS_PATH = '/credential-drafts'

export const REVIEW_COUNT_PATH = '/review/credentials?limit=1'

export function reviewPath(finding: string | null, cursor: string | undefined): string {
  const query = new URLSearchParams({ limit: '50', ...(finding ? { finding } : {}), ...(cursor ? { cursor } : {}) })
  return `/review/credentials?${query}`
}

export function listPath(state: ListState): string {
  return `/credentials?${listQuery(state)}`
}

export function credentialPath(id: string): string {
  return `/credentials/${encodeURIComponent(id)}`
}
