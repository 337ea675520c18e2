'use client'

import { LockKeyhole, SearchX } from 'lucide-react'
import Link from 'next/link'
import { Button, buttonVariants } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
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
