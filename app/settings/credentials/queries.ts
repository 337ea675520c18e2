'use client'

import type { Preloaded } from '../data/preloaded'
import { REFRESH_MS, useApi } from '../data/use-api'
import { credentialPath, DRAFTS_PATH } from './paths'
import type { Credential, CredentialList, DraftList } from './words'

export { useChanged as useCredentialsChanged } from '../data/use-api'

/** A page of the list. While another page is fetched the one before stays (`isPlaceholderData`). */
export function useCredentialList(path: string, preloaded: Preloaded<CredentialList> | null) {
  return useApi<CredentialList>(path, { preloaded, keepPrevious: true })
}

/** One credential. */
export function useCredential(id: string, preloaded: Preloaded<Credential> | null) {
  return useApi<Credential>(credentialPath(id), { preloaded, refreshMs: REFRESH_MS / 2 })
}

/** What the person has tested and not saved, for those who may test. */
export function useDrafts(preloaded: Preloaded<DraftList> | null, enabled: boolean) {
  return useApi<DraftList>(DRAFTS_PATH, { preloaded, enabled, refreshMs: 3 * REFRESH_MS }).data?.data ?? []
}
