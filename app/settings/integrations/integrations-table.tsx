'use client'

import Link from 'next/link'
import { RelativeTime } from '@/components/ui/relative-time'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow, TableSortHead } from '@/components/ui/table'
import { EnvironmentBadge } from '../environment-badge'
import { CredentialLink, IntegrationStatus } from './integration-status'
import { changed, type ListState, type Sort } from './list-state'
import { integrationHref } from './paths'
import { hostOf, type Integration, makerText, methodsText } from './words'

/** The integrations of one page. `renderMenu` gives each row its actions; without it there are none. */
export function IntegrationsTable({
  integrations,
  state,
  onSort,
  busy,
  renderMenu,
}: {
  integrations: readonly Integration[]
  state: ListState
  onSort: (state: ListState) => void
  /** Another page is on its way. */
  busy: boolean
  renderMenu?: (integration: Integration) => React.ReactNode
}) {
  const sortHead = (sort: Sort, label: string) => (
    <TableSortHead direction={state.sort !== sort ? 'none' : sort === 'name' ? 'ascending' : 'descending'}>
      <button type="button" className="rounded" onClick={() => onSort(changed(state, { sort }))}>
        {label}
      </button>
    </TableSortHead>
  )
  return (
    <Table aria-label="Integrations" aria-busy={busy}>
      <TableHeader>
        <TableRow>
          {sortHead('name', 'Name')}
          <TableHead>State</TableHead>
          <TableHead>Credential</TableHead>
          <TableHead>Calls</TableHead>
          {sortHead('created', 'Created')}
          {renderMenu ? (
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          ) : null}
        </TableRow>
      </TableHeader>
      <TableBody>
        {integrations.map((integration) => (
          <TableRow key={integration.id}>
            <TableCell wrap className="@max-3xl:pr-10">
              <span className="grid min-w-0 gap-0.5">
                <Link
                  href={integrationHref(integration.id)}
                  prefetch={false}
                  className="w-fit rounded font-medium hover:underline"
                >
                  <bdi>{integration.name}</bdi>
                </Link>
                <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <code className="font-mono text-muted-foreground text-xs">{integration.slug}</code>
                  <EnvironmentBadge environment={integration.environment} />
                </span>
              </span>
            </TableCell>
            <TableCell label="State">
              <IntegrationStatus {...integration} />
            </TableCell>
            <TableCell label="Credential">
              <span className="block @3xl:max-w-40 @3xl:truncate">
                <CredentialLink credential={integration.credential} />
              </span>
            </TableCell>
            <TableCell label="Calls">
              <code className="block truncate font-mono text-xs leading-5 @3xl:max-w-52" title={integration.base_url}>
                {hostOf(integration.base_url)}
              </code>
              <Second className="@3xl:max-w-52" title={integration.methods.join(', ')}>
                {methodsText(integration.methods)}
              </Second>
            </TableCell>
            <TableCell label="Created">
              <RelativeTime value={integration.created_at} />
              <Second className="@3xl:max-w-32 @[58rem]:max-w-44">by {makerText(integration)}</Second>
            </TableCell>
            {renderMenu ? (
              <TableCell className="@max-3xl:absolute @max-3xl:top-2 @max-3xl:right-2">
                {renderMenu(integration)}
              </TableCell>
            ) : null}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  )
}

/** The smaller second line of a cell. */
function Second({ className = '', ...props }: React.ComponentProps<'span'>) {
  return <span className={`block truncate text-muted-foreground text-xs ${className}`} {...props} />
}
