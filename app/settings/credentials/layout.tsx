import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { QueryProvider } from '../data/query-provider'

export const metadata: Metadata = { title: 'Credentials' }

/** The pages of credentials share what they have read, so that going back to the list shows it at once. */
export default function CredentialsLayout({ children }: { children: ReactNode }) {
  return <QueryProvider>{children}</QueryProvider>
}
