'use client'

import { LockKeyhole, SearchX } from 'lucide-react'
import Link from 'next/link'
import type { ComponentProps } from 'react'
import { Button, buttonVariants } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { Skeleton } from '@/components/ui/skeleton'
import { ReadFailure as AnyReadFailure } from '../data/read-failure'
import { NEW_HREF } from './paths'

/** What stands in the list's place before there is any credential. */
export function NoCredentials({ mayCreate }: { mayCreate: boolean }) {
  const what =
    'A credential lets Fenicia call an external service, such as a carrier, a marketplace or an ERP. It is stored encrypted, and no page and no API gives it back: only integrations use it.'
  return (
    <EmptyState
      icon={<LockKeyhole />}
      title="No credentials yet"
      description={mayCreate ? what : `${what} An owner or an admin of this account can add one.`}
      action={
        mayCreate ? (
          <Link href={NEW_HREF} className={buttonVariants()}>
            Add your first credential
          </Link>
        ) : undefined
      }
    />
  )
}

/** No credential matches the search and the filters. */
export function NoResult({ searched, onClear }: { searched: string; onClear: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title={searched ? `No credential matches “${searched}”` : 'No credential matches these filters'}
      description="The search looks at names, hosts, whole ids and ids of providers."
      action={<Button onClick={onClear}>Clear search and filters</Button>}
    />
  )
}

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
