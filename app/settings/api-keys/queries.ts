'use client'

import type { KeyUsageResource, RehearsalResource } from '@/lib/api/review-resources'
import type { Environment } from '@/lib/api-keys'
import type { Preloaded } from '../data/preloaded'
import { REFRESH_MS, useApi } from '../data/use-api'
import { bulkRevocationPath, keyPath, REVIEW_COUNT_PATH, rehearsalPath, usagePath } from './paths'
import type { KeyReview } from './review/words'
import type { ApiKey, IntegrationNames, KeyList, RevocationProgress } from './words'

export { useChanged as useKeysChanged } from '../data/use-api'

const PROGRESS_MS = 500
/** What is called is written within five seconds. */
const REHEARSAL_MS = 5_000

/** A page of the list. While another page is fetched the one before stays (`isPlaceholderData`). */
export function useKeyList(path: string, preloaded: Preloaded<KeyList> | null) {
  return useApi<KeyList>(path, { preloaded, keepPrevious: true })
}

/** How many keys come up for review, by what is found of them. */
export function useReviewCounts(preloaded: Preloaded<KeyReview> | null) {
  return useApi<KeyReview>(REVIEW_COUNT_PATH, { preloaded, refreshMs: 10 * REFRESH_MS }).data
}

/** A page of the review. */
export function useKeyReview(path: string, preloaded: Preloaded<KeyReview> | null) {
  return useApi<KeyReview>(path, { preloaded, keepPrevious: true })
}

/** Whether the account has any keys at all, once it is known that it has no current ones. */
export function useHasEndedKeys(enabled: boolean): boolean {
  return (useApi<KeyList>('/keys?status=all&limit=1', { enabled }).data?.total ?? 0) > 0
}

/** One key. */
export function useKey(id: string, preloaded: Preloaded<ApiKey> | null) {
  return useApi<ApiKey>(keyPath(id), { preloaded, refreshMs: REFRESH_MS / 2 })
}

/** How a key is used, from a day (UTC) on. */
export function useKeyUse(id: string, day: string) {
  return useApi<KeyUsageResource>(usagePath(id, day))
}

/** The last rehearsal of a key's revocation, followed while it is on. */
export function useRehearsal(id: string, isOn: boolean) {
  return useApi<RehearsalResource>(rehearsalPath(id), { refreshMs: isOn ? REHEARSAL_MS : 10 * REFRESH_MS })
}

/** The account's integrations by name, of one environment or both, as far as one page of the API has them. */
export function useIntegrationNames(environment?: Environment) {
  const only = environment ? `&environment=${environment}` : ''
  return useApi<IntegrationNames>(`/integrations?sort=name&limit=100${only}`)
}

/** The progress of a bulk revocation, followed until it is finished. */
export function useRevocationProgress(id: string, preloaded: Preloaded<RevocationProgress> | null) {
  return useApi<RevocationProgress>(bulkRevocationPath(id), {
    preloaded,
    refreshMs: (progress) => (progress?.finished_at ? false : PROGRESS_MS),
  })
}
