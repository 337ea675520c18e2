import type { ReactNode } from 'react'
import { QueryProvider } from '../data/query-provider'

/** The forms have what the pages of this account have read read anew. */
export default function WebhooksLayout({ children }: { children: ReactNode }) {
  return <QueryProvider>{children}</QueryProvider>
}
