'use client'

import type { Preloaded } from '../data/preloaded'
import { REFRESH_MS, useApi } from '../data/use-api'
import { credentialPath, DRAFTS_PATH, REVIEW_COUNT_PATH } from './paths'
import type { CredentialReview } from './review/words'
import type { Credential, CredentialList, DraftList } from './words'

export { useChanged as useCredentialsChanged } from '../data/use-api'

/** A page of the list. While another page is fetched the one before stays (`isPlaceholderData`). */
export function useCredentialList(path: string, preloaded: Preloaded<CredentialList> | null) {
  return useApi<CredentialList>(path, { preloaded, keepPrevious: true })
}

/** How many credentials come up for review, by what is found of them. */
export function useReviewCounts(preloaded: Preloaded<CredentialReview> | null) {
  return useApi<CredentialReview>(REVIEW_COUNT_PATH, { preloaded, refreshMs: 10 * REFRESH_MS }).data
}

/** A page of the review. */
export function useCredentialReview(path: string, preloaded: Preloaded<CredentialReview> | null) {
  return useApi<CredentialReview>(path, { preloaded, keepPrevious: true })
}

/** One credential. */
export function useCredential(id: string, preloaded: Preloaded<Credential> | null) {
  return useApi<Credential>(credentialPath(id), { preloaded, refreshMs: REFRESH_MS / 2 })
}

/** What the person has tested and not saved, for those who may test. */
export function useDrafts(preloaded: Preloaded<DraftList> | null, enabled: boolean) {
  return useApi<DraftList>(DRAFTS_PATH, { preloaded, enabled, refreshMs: 3 * REFRESH_MS }).data?.data ?? []
}
