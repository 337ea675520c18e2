import { keepPreviousData, notifyManager, QueryClient, QueryObserver } from '@tanstack/query-core'
import { isTransient } from './api'

/** TanStack Query, without what its React package adds: it is loaded after the first paint, see `query-provider.tsx`. */
export function createQueryEngine() {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < 2 && isTransient(error),
        retryDelay: (attempt) => 300 * 2 ** attempt,
        // The server may well be on this machine: being offline says nothing about reaching it.
        networkMode: 'always',
      },
    },
  })
  return { client, QueryObserver, keepPreviousData, notifyManager }
}

export type QueryEngine = ReturnType<typeof createQueryEngine>
