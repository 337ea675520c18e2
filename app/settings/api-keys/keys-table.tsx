'use client'

import Link from 'next/link'
import { RelativeTime } from '@/components/ui/relative-time'
import { Sparkline } from '@/components/ui/sparkline'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow, TableSortHead } from '@/components/ui/table'
import { EnvironmentBadge } from '../environment-badge'
import { KeyEnd, KeyStatus } from './key-status'
import { type ListState, sortedBy } from './list-state'
import { keyHref } from './paths'
import { type ApiKey, counted, hintText, makerText, usedFromText } from './words'

// Between a folded table and one with room for every column, scopes stand below the name and the sparkline waits for the
// key's own page.
const WIDE_ONLY = '@3xl:@max-[58rem]:hidden'

/** The keys of one page. `renderMenu` gives each row its actions; without it there are none. */
export function KeysTable({
  keys,
  state,
  onSort,
  busy,
  renderMenu,
}: {
  keys: readonly ApiKey[]
  state: ListState
  onSort: (state: ListState) => void
  /** Another page is on its way. */
  busy: boolean
  renderMenu?: (key: ApiKey) => React.ReactNode
}) {
  const sortHead = (sort: ListState['sort'], label: string) => (
    <TableSortHead direction={state.sort === sort ? (state.order === 'asc' ? 'ascending' : 'descending') : 'none'}>
      <button type="button" className="rounded" onClick={() => onSort(sortedBy(state, sort))}>
        {label}
      </button>
    </TableSortHead>
  )
  return (
    <Table aria-label="API keys" aria-busy={busy}>
      <TableHeader>
        <TableRow>
          {sortHead('name', 'Name')}
          <TableHead>Status</TableHead>
          <TableHead className={WIDE_ONLY}>Scopes</TableHead>
          {sortHead('created', 'Created')}
          {sortHead('last_used', 'Last used')}
          <TableHead className={WIDE_ONLY}>30 days</TableHead>
          {renderMenu ? (
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          ) : null}
        </TableRow>
      </TableHeader>
      <TableBody>
        {keys.map((key) => (
          <TableRow key={key.id}>
            <NameCell apiKey={key} />
            <TableCell label="Status">
              <KeyStatus status={key.status} rehearsal={key.rehearsal} />
              <Second>
                <KeyEnd apiKey={key} />
              </Second>
            </TableCell>
            <TableCell label="Scopes" className={WIDE_ONLY}>
              <Scopes scopes={key.scopes} />
            </TableCell>
            <TableCell label="Created">
              <RelativeTime value={key.created_at} />
              <Second className="@3xl:max-w-28 @[58rem]:max-w-36">by {makerText(key)}</Second>
            </TableCell>
            <LastUsedCell apiKey={key} />
            <TableCell label="30 days" className={WIDE_ONLY}>
              <Sparkline
                values={key.usage_30d.days}
                label={`${counted(key.usage_30d.total, 'request')} in 30 days`}
                className="max-w-none"
              />
            </TableCell>
            {renderMenu ? (
              <TableCell className="@max-3xl:absolute @max-3xl:top-2 @max-3xl:right-2">{renderMenu(key)}</TableCell>
            ) : null}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  )
}

function NameCell({ apiKey }: { apiKey: ApiKey }) {
  return (
    <TableCell wrap className="@max-3xl:pr-10">
      <span className="grid min-w-0 gap-0.5">
        <Link href={keyHref(apiKey.id)} prefetch={false} className="w-fit rounded font-medium hover:underline">
          <bdi>{apiKey.name}</bdi>
        </Link>
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <code className="whitespace-nowrap font-mono text-muted-foreground text-xs">{hintText(apiKey)}</code>
          <EnvironmentBadge environment={apiKey.environment} />
        </span>
        <span className="hidden max-w-56 truncate font-mono text-muted-foreground text-xs @3xl:block @[58rem]:hidden">
          {apiKey.scopes.join(', ')}
        </span>
      </span>
    </TableCell>
  )
}

function Scopes({ scopes }: { scopes: readonly string[] }) {
  // Two lines at most, as in the other cells.
  const shown = scopes.length > 2 ? 1 : 2
  return (
    <span className="grid gap-0.5 font-mono text-xs leading-5" title={scopes.join(', ')}>
      {scopes.slice(0, shown).map((scope) => (
        <span key={scope}>{scope}</span>
      ))}
      {scopes.length > shown ? (
        <span className="font-sans text-muted-foreground">and {scopes.length - shown} more</span>
      ) : null}
    </span>
  )
}

function LastUsedCell({ apiKey: { last_used } }: { apiKey: ApiKey }) {
  if (!last_used) {
    return (
      <TableCell label="Last used">
        <span className="text-muted-foreground">Never</span>
      </TableCell>
    )
  }
  const from = [last_used.address, last_used.user_agent].filter(Boolean).join(', ')
  return (
    <TableCell label="Last used">
      <RelativeTime value={last_used.at} />
      <Second className="@3xl:max-w-36 @[58rem]:max-w-44" title={from}>
        {usedFromText(last_used)}
      </Second>
    </TableCell>
  )
}

/** The smaller second line of a cell. */
function Second({ className = '', ...props }: React.ComponentProps<'span'>) {
  return <span className={`block truncate text-muted-foreground text-xs ${className}`} {...props} />
}
