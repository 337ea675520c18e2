'use client'

import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { getJson } from './api'
import { bulkRevocationPath, keyPath, type Preloaded, REVIEW_COUNT_PATH } from './paths'
import type { ApiKey, KeyList, RevocationProgress } from './words'

/** How often a page that is looked at asks again, for last uses and the changes of others. */
const REFRESH_MS = 20_000
const PROGRESS_MS = 500

const KEYS = 'keys'

function useApi<Answer>(
  path: string,
  {
    preloaded,
    refreshMs = REFRESH_MS,
    enabled = true,
    keepPrevious = false,
  }: {
    preloaded?: Preloaded<Answer> | null
    refreshMs?: number | ((answer: Answer | undefined) => number | false)
    enabled?: boolean
    /** Show the answer to the path before while this one is fetched. */
    keepPrevious?: boolean
  } = {},
) {
  const initial = preloaded?.path === path ? preloaded : undefined
  return useQuery({
    queryKey: [KEYS, path],
    queryFn: ({ signal }) => getJson<Answer>(path, signal),
    initialData: initial?.answer,
    // A server's clock that is ahead must not keep its answer fresh.
    initialDataUpdatedAt: initial && (() => Math.min(initial.at, Date.now())),
    refetchInterval: typeof refreshMs === 'number' ? refreshMs : ({ state }) => refreshMs(state.data),
    placeholderData: keepPrevious ? keepPreviousData : undefined,
    enabled,
  })
}

/** A page of the list. While another page is fetched the one before stays (`isPlaceholderData`). */
export function useKeyList(path: string, preloaded: Preloaded<KeyList> | null) {
  return useApi<KeyList>(path, { preloaded, keepPrevious: true })
}

/** How many keys come up for review. */
export function useReviewCount(preloaded: Preloaded<KeyList> | null) {
  return useApi<KeyList>(REVIEW_COUNT_PATH, { preloaded, refreshMs: 10 * REFRESH_MS }).data?.total ?? 0
}

/** Whether the account has any keys at all, once it is known that it has no current ones. */
export function useHasEndedKeys(enabled: boolean): boolean {
  return (useApi<KeyList>('/keys?status=all&limit=1', { enabled }).data?.total ?? 0) > 0
}

/** One key. */
export function useKey(id: string, preloaded: Preloaded<ApiKey> | null) {
  return useApi<ApiKey>(keyPath(id), { preloaded, refreshMs: REFRESH_MS / 2 })
}

/** The progress of a bulk revocation, followed until it is finished. */
export function useRevocationProgress(id: string, preloaded: Preloaded<RevocationProgress> | null) {
  return useApi<RevocationProgress>(bulkRevocationPath(id), {
    preloaded,
    refreshMs: (progress) => (progress?.finished_at ? false : PROGRESS_MS),
  })
}

/** A function that makes every page read again what a change may have altered. */
export function useKeysChanged(): () => void {
  const client = useQueryClient()
  return () => void client.invalidateQueries({ queryKey: [KEYS] })
}
