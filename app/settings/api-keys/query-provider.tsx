'use client'

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { isTransient } from './api'

/** Holds what the pages of API keys have read from the API. Never holds a token: those come from actions. */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            staleTime: 5_000,
            retry: (failures, error) => failures < 2 && isTransient(error),
            retryDelay: (attempt) => 300 * 2 ** attempt,
            // The server may well be on this machine: being offline says nothing about reaching it.
            networkMode: 'always',
          },
        },
      }),
  )
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>
}
