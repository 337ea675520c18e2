'use client'

import { type ComponentProps, lazy, Suspense, useSyncExternalStore } from 'react'

const RehearsalCard = lazy(() => import('./rehearsal-card'))

/** The rehearsal of a revocation; loaded after the page, like `reach.tsx`. */
export function Rehearsal(props: ComponentProps<typeof RehearsalCard>) {
  const isInBrowser = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  )
  if (!isInBrowser) return null
  return (
    <Suspense>
      <RehearsalCard {...props} />
    </Suspense>
  )
}
