'use client'

import type { ComponentProps } from 'react'
import { Skeleton } from '@/components/ui/skeleton'
import { ReadFailure as AnyReadFailure } from '../data/read-failure'

/** `ReadFailure` in the words of credentials. */
export function ReadFailure(props: Omit<ComponentProps<typeof AnyReadFailure>, 'what' | 'unharmed'>) {
  return <AnyReadFailure what="The credentials" unharmed="Integrations go on using their credentials." {...props} />
}

/** Holds the place of the toolbar and a page of the list. */
export function ListSkeleton() {
  return (
    <div role="status" aria-label="Loading credentials" className="grid gap-4">
      <Skeleton className="h-8 w-full" />
      <div className="overflow-hidden rounded border border-border bg-card">
        {Array.from({ length: 8 }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of nothing
          <div key={row} className="flex h-[60px] items-center gap-3 border-border border-b px-4 last:border-b-0">
            <Skeleton className="size-8" />
            <div className="grid flex-1 gap-1.5">
              <Skeleton className="h-4 w-40" />
              <Skeleton className="h-3 w-28" />
            </div>
            <Skeleton className="h-4 w-20 max-md:hidden" />
            <Skeleton className="h-4 w-28 max-md:hidden" />
            <Skeleton className="h-4 w-24 max-md:hidden" />
          </div>
        ))}
      </div>
    </div>
  )
}
