'use client'

import type { Preloaded } from '../data/preloaded'
import { REFRESH_MS, useApi } from '../data/use-api'
import { CREDENTIAL_COUNT_PATH, credentialPath, integrationPath } from './paths'
import type { Credential, CredentialList, Integration, IntegrationList } from './words'

export { useChanged as useIntegrationsChanged } from '../data/use-api'

/** A page of the list. While another page is fetched the one before stays (`isPlaceholderData`). */
export function useIntegrationList(path: string, preloaded: Preloaded<IntegrationList> | null) {
  return useApi<IntegrationList>(path, { preloaded, keepPrevious: true })
}

/** One integration. */
export function useIntegration(id: string, preloaded: Preloaded<Integration> | null) {
  return useApi<Integration>(integrationPath(id), { preloaded, refreshMs: REFRESH_MS / 2 })
}

/** Whether the account has a credential; unknown counts as yes. */
export function useHasCredentials(preloaded: Preloaded<CredentialList> | null): boolean {
  return useApi<CredentialList>(CREDENTIAL_COUNT_PATH, { preloaded, refreshMs: 10 * REFRESH_MS }).data?.total !== 0
}

/** Credentials to choose from. */
export function useCredentialList(path: string, preloaded: Preloaded<CredentialList> | null) {
  return useApi<CredentialList>(path, { preloaded, keepPrevious: true, refreshMs: 3 * REFRESH_MS })
}

/** One credential; `id` empty: none. */
export function useCredential(id: string, preloaded: Preloaded<Credential> | null) {
  return useApi<Credential>(credentialPath(id), { preloaded, enabled: id !== '', refreshMs: 3 * REFRESH_MS })
}
