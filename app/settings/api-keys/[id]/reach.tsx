'use client'

import { lazy, Suspense, useSyncExternalStore } from 'react'
import { ReachSkeleton } from './reach-skeleton'

const ReachTable = lazy(() => import('./reach-table'))

/** Which integrations, credentials and hosts a key has reached in 30 days: what is at stake on the day that it leaks. */
export function KeyReach(props: { id: string; maySeeCredentials: boolean }) {
  // Not by the server: then its code would be loaded before the first paint.
  const isInBrowser = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  )
  if (!isInBrowser) return <ReachSkeleton />
  return (
    <Suspense fallback={<ReachSkeleton />}>
      <ReachTable {...props} />
    </Suspense>
  )
}
