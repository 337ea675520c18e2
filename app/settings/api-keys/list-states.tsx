'use client'

import { KeyRound, SearchX } from 'lucide-react'
import type { ComponentProps } from 'react'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { Skeleton } from '@/components/ui/skeleton'
import { ReadFailure } from '../data/read-failure'
import { GenerateKeyButton } from './generate-key'

/** What stands in the list's place before there is any key. */
export function NoKeys({
  mayCreate,
  hasEnded,
  onShowAll,
}: {
  mayCreate: boolean
  hasEnded: boolean
  onShowAll: () => void
}) {
  return (
    <EmptyState
      icon={<KeyRound />}
      title={hasEnded ? 'No active API keys' : 'No API keys yet'}
      description={
        mayCreate
          ? 'An API key lets an external app, such as an ERP or a script of your own, call the Fenicia API. Generate one for each app, with only the scopes that it needs.'
          : 'An API key lets an external app, such as an ERP or a script of your own, call the Fenicia API. An owner or an admin of this account can generate one.'
      }
      action={
        <>
          {mayCreate ? (
            <GenerateKeyButton>{hasEnded ? 'Generate a key' : 'Generate your first key'}</GenerateKeyButton>
          ) : null}
          {hasEnded ? <Button onClick={onShowAll}>Show revoked and expired keys</Button> : null}
        </>
      }
    />
  )
}

/** No key matches the search and the filters. */
export function NoResult({ searched, onClear }: { searched: string; onClear: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title={searched ? `No API key matches “${searched}”` : 'No API key matches these filters'}
      description="The search looks at names, whole ids, and the first or last four characters of a token."
      action={<Button onClick={onClear}>Clear search and filters</Button>}
    />
  )
}

/** `ReadFailure` in the words of API keys. */
export function ListFailure(props: Omit<ComponentProps<typeof ReadFailure>, 'what' | 'unharmed'>) {
  const what = props.stale ? 'The keys' : 'The API keys'
  return <ReadFailure what={what} unharmed="Your keys go on working as they are." {...props} />
}

/** Holds the place of the toolbar and a page of the list. */
export function ListSkeleton() {
  return (
    <div role="status" aria-label="Loading API keys" className="grid gap-4">
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
