'use client'

import type { QueryObserverOptions } from '@tanstack/query-core'
import { use, useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import { ApiError, getJson } from './api'
import type { Preloaded } from './preloaded'
import { COLD, type Queries, QueriesContext } from './query-provider'

/** How often a page that is looked at asks again, for last uses and the changes of others. */
export const REFRESH_MS = 20_000

/** An answer of the API, as TanStack Query tells of it. */
export interface ApiResult<Answer> {
  data: Answer | undefined
  error: Error | null
  isError: boolean
  isFetching: boolean
  /** `data` answers the path before, while this one is fetched. */
  isPlaceholderData: boolean
  /** When `data` was read, in milliseconds since 1970. */
  dataUpdatedAt: number
  refetch: () => unknown
}

interface UseApiOptions<Answer> {
  preloaded?: Preloaded<Answer> | null
  refreshMs?: number | ((answer: Answer | undefined) => number | false)
  enabled?: boolean
  /** Show the answer to the path before while this one is fetched. */
  keepPrevious?: boolean
}

/** Makes the answers of the API that this page needs be read again, after a change of them. */
export function useChanged(): () => void {
  return useQueries().changed
}

/**
 * An answer of the API: the one that came with the page at first, read again as time passes and things change.
 * The binding of TanStack Query to React as `useQuery` has it, but for an engine that comes after the first paint.
 * @param path below `/api/v1`
 */
export function useApi<Answer>(path: string, options: UseApiOptions<Answer> = {}): ApiResult<Answer> {
  const queries = useQueries()
  const { engine, failed } = useSyncExternalStore(
    queries.subscribe,
    () => queries.state,
    () => COLD,
  )
  const queryOptions = toQueryOptions(queries, path, options)
  // biome-ignore lint/correctness/useExhaustiveDependencies: later options come by `setOptions`
  const observer = useMemo(() => engine && new engine.QueryObserver(engine.client, queryOptions), [engine])
  useEffect(() => observer?.setOptions(queryOptions))
  const subscribe = useCallback(
    (onChange: () => void) =>
      engine && observer ? observer.subscribe(engine.notifyManager.batchCalls(onChange)) : () => {},
    [engine, observer],
  )
  const current = () => observer?.getCurrentResult() ?? null
  useSyncExternalStore(subscribe, current, () => null)
  if (engine && observer) return observer.getOptimisticResult(engine.client.defaultQueryOptions(queryOptions))
  const error = failed ? new ApiError('A part of this page could not be loaded. Try again.', 0, null) : null
  const first = options.preloaded?.path === path ? options.preloaded : undefined
  return {
    data: first?.answer,
    error,
    isError: error !== null,
    isFetching: !first && !error && options.enabled !== false,
    isPlaceholderData: false,
    dataUpdatedAt: first?.at ?? 0,
    refetch: queries.load,
  }
}

function useQueries(): Queries {
  const queries = use(QueriesContext)
  if (!queries) throw new Error('What reads the API must stand inside a QueryProvider')
  return queries
}

function toQueryOptions<Answer>(
  queries: Queries,
  path: string,
  { preloaded, refreshMs = REFRESH_MS, enabled = true, keepPrevious = false }: UseApiOptions<Answer>,
): QueryObserverOptions<Answer> {
  const initial = preloaded?.path === path ? preloaded : undefined
  return {
    queryKey: [path],
    queryFn: ({ signal }) => getJson<Answer>(path, signal),
    initialData: initial?.answer,
    // A server's clock that is ahead must not keep its answer fresh.
    initialDataUpdatedAt: initial && (() => (queries.isOutdated ? 0 : Math.min(initial.at, Date.now()))),
    refetchInterval: typeof refreshMs === 'number' ? refreshMs : ({ state }) => refreshMs(state.data),
    placeholderData: keepPrevious ? queries.state.engine?.keepPreviousData : undefined,
    enabled,
  }
}
