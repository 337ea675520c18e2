'use client'

import { Cable, SearchX } from 'lucide-react'
import Link from 'next/link'
import { Button, buttonVariants } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { Skeleton } from '@/components/ui/skeleton'
import { NEW_HREF, newCredentialHref } from './paths'

const PURPOSE =
  'Through an integration, an app with a Fenicia API key calls an external service without ever seeing its secret.'

/** What stands in the list's place before there is any integration. */
export function NoIntegrations({ mayCreate, hasCredentials }: { mayCreate: boolean; hasCredentials: boolean }) {
  if (!mayCreate) {
    return (
      <EmptyState
        icon={<Cable />}
        title="No integrations yet"
        description={`${PURPOSE} An owner or an admin of this account can add one.`}
      />
    )
  }
  return (
    <EmptyState
      icon={<Cable />}
      title="No integrations yet"
      description={
        hasCredentials
          ? `${PURPOSE} Add one for each use: which credential, which address, which calls.`
          : `${PURPOSE} It uses a credential, so the first step is to add one.`
      }
      action={
        hasCredentials ? (
          <Link href={NEW_HREF} className={buttonVariants()}>
            Add your first integration
          </Link>
        ) : (
          <Link href={newCredentialHref()} className={buttonVariants()}>
            Add a credential
          </Link>
        )
      }
    />
  )
}

/** No integration matches the search and the filter. */
export function NoResult({ searched, onClear }: { searched: string; onClear: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title={searched ? `No integration matches “${searched}”` : 'No integration matches this filter'}
      description="The search looks at names, slugs, base URLs and whole ids."
      action={<Button onClick={onClear}>Clear search and filters</Button>}
    />
  )
}

/** Holds the place of the toolbar and a page of the list. */
export function ListSkeleton() {
  return (
    <div role="status" aria-label="Loading integrations" className="grid gap-4">
      <Skeleton className="h-8 w-full" />
      <div className="overflow-hidden rounded border border-border bg-card">
        {Array.from({ length: 8 }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of nothing
          <div key={row} className="flex h-[60px] items-center gap-6 border-border border-b px-4 last:border-b-0">
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
