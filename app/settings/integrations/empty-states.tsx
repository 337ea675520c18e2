'use client'

import { Cable, SearchX } from 'lucide-react'
import Link from 'next/link'
import { Button, buttonVariants } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
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
