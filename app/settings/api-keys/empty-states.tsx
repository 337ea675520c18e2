'use client'

import { KeyRound, SearchX } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
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
