'use client'

import { KeyRound, SearchX } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { Monogram } from '@/components/ui/monogram'
import { SearchInput } from '@/components/ui/search-input'
import type { Environment } from '@/lib/api-keys'
import { newHref, OTHER_SERVICE } from '../paths'
import { counted } from '../words'
import { findProviders, type PickedProvider } from './find-providers'

/** The first step to a new credential: for which service it is. */
export function ProviderPicker({
  groups,
  environment,
}: {
  groups: { title: string; providers: PickedProvider[] }[]
  environment: Environment
}) {
  const [query, setQuery] = useState('')
  const found = groups
    .map(({ title, providers }) => ({ title, providers: findProviders(providers, query) }))
    .filter(({ providers }) => providers.length > 0)
  const count = found.reduce((sum, { providers }) => sum + providers.length, 0)
  return (
    <div className="grid max-w-3xl grid-cols-[minmax(0,1fr)] gap-6">
      <div className="grid gap-2">
        <SearchInput
          aria-label="Search services"
          placeholder="Search services"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setQuery('')
          }}
        />
        <p role="status" className="sr-only">
          {query.trim() ? counted(count, 'service') : ''}
        </p>
      </div>
      <ul>
        <ProviderLink
          href={newHref(OTHER_SERVICE, environment)}
          name="Other service"
          hint="Any service with an API key, OAuth2, a bearer token, Basic auth or headers of its own."
          mark={<KeyRound />}
        />
      </ul>
      {found.map(({ title, providers }) => (
        <section key={title} className="grid gap-2" aria-label={title}>
          <h2 className="font-medium text-muted-foreground text-sm">{title}</h2>
          <ul className="grid gap-2 sm:grid-cols-2">
            {providers.map(({ id, name, monogram, kinds }) => (
              <ProviderLink key={id} href={newHref(id, environment)} name={name} hint={kinds} mark={monogram} />
            ))}
          </ul>
        </section>
      ))}
      {count === 0 ? (
        <EmptyState
          icon={<SearchX />}
          title={`No service matches “${query.trim()}”`}
          description="What is not in the list can be called all the same: choose “Other service” and fill in its addresses."
          action={<Button onClick={() => setQuery('')}>Clear search</Button>}
        />
      ) : null}
    </div>
  )
}

function ProviderLink({ href, name, hint, mark }: { href: string; name: string; hint: string; mark: React.ReactNode }) {
  return (
    <li>
      <Link
        href={href}
        prefetch={false}
        className="flex h-full items-center gap-3 rounded border border-border bg-card px-3 py-2.5 transition-colors duration-75 hover:bg-muted"
      >
        <Monogram>{mark}</Monogram>
        <span className="grid min-w-0">
          <span className="font-medium text-sm">{name}</span>
          <span className="text-muted-foreground text-xs">{hint}</span>
        </span>
      </Link>
    </li>
  )
}
