'use client'

import { KeyRound } from 'lucide-react'
import Link from 'next/link'
import { Monogram } from '@/components/ui/monogram'
import { RelativeTime } from '@/components/ui/relative-time'
import { Status } from '@/components/ui/status'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow, TableSortHead } from '@/components/ui/table'
import { EnvironmentBadge } from '../environment-badge'
import { changed, type ListState } from './list-state'
import { credentialHref, integrationHref } from './paths'
import { TestStatus, TokenRefusal } from './test-status'
import {
  type Credential,
  counted,
  expiryOf,
  hostText,
  makerText,
  type ProviderMarks,
  providerName,
  typeNames,
} from './words'

// Between a folded table and one with room for every column, hosts wait for the credential's own page.
const WIDE_ONLY = '@3xl:@max-[58rem]:hidden'

/** The credentials of one page. `renderMenu` gives each row its actions. */
export function CredentialsTable({
  credentials,
  marks,
  state,
  onSort,
  busy,
  renderMenu,
}: {
  credentials: readonly Credential[]
  marks: ProviderMarks
  state: ListState
  onSort: (state: ListState) => void
  /** Another page is on its way. */
  busy: boolean
  renderMenu: (credential: Credential) => React.ReactNode
}) {
  const sortHead = (sort: ListState['sort'], label: string, direction: 'ascending' | 'descending') => (
    <TableSortHead direction={state.sort === sort ? direction : 'none'}>
      <button type="button" className="rounded" onClick={() => onSort(changed(state, { sort }))}>
        {label}
      </button>
    </TableSortHead>
  )
  return (
    <Table aria-label="Credentials" aria-busy={busy}>
      <TableHeader>
        <TableRow>
          {sortHead('name', 'Name', 'ascending')}
          <TableHead>Last test</TableHead>
          <TableHead className={WIDE_ONLY}>Hosts</TableHead>
          <TableHead>Expires</TableHead>
          <TableHead>Used by</TableHead>
          {sortHead('created', 'Created', 'descending')}
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {credentials.map((credential) => (
          <TableRow key={credential.id}>
            <NameCell credential={credential} marks={marks} />
            <TableCell label="Last test">
              <TestStatus result={credential.last_test?.result ?? null} />
              <Second>
                {credential.tokens?.refused_error ? (
                  <TokenRefusal tokens={credential.tokens} />
                ) : credential.last_test ? (
                  <RelativeTime value={credential.last_test.at} />
                ) : null}
              </Second>
            </TableCell>
            <TableCell label="Hosts" className={WIDE_ONLY}>
              <Hosts hosts={credential.hosts} />
            </TableCell>
            <ExpiryCell credential={credential} />
            <UsedByCell integrations={credential.integrations} />
            <TableCell label="Created">
              <RelativeTime value={credential.created_at} />
              <Second className="@3xl:max-w-28 @[58rem]:max-w-36">by {makerText(credential)}</Second>
            </TableCell>
            <TableCell className="@max-3xl:absolute @max-3xl:top-2 @max-3xl:right-2">
              {renderMenu(credential)}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  )
}

function NameCell({ credential, marks }: { credential: Credential; marks: ProviderMarks }) {
  const { id, environment, name, provider, type } = credential
  const mark = provider === null ? undefined : marks[provider]
  const of = providerName(credential, marks)
  return (
    <TableCell wrap className="@max-3xl:pr-10">
      <span className="flex min-w-0 items-center gap-3">
        <Monogram>{mark ? mark.monogram : <KeyRound />}</Monogram>
        <span className="grid min-w-0 gap-0.5">
          <Link href={credentialHref(id)} prefetch={false} className="w-fit rounded font-medium hover:underline">
            <bdi>{name}</bdi>
          </Link>
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="text-muted-foreground text-xs">{[of, typeNames[type]].filter(Boolean).join(' · ')}</span>
            <EnvironmentBadge environment={environment} />
          </span>
        </span>
      </span>
    </TableCell>
  )
}

function Hosts({ hosts }: { hosts: readonly string[] }) {
  const texts = hosts.map(hostText)
  // Two lines at most, as in the other cells.
  const shown = texts.length > 2 ? 1 : 2
  return (
    <span className="grid min-w-0 gap-0.5 text-xs leading-5" title={texts.join(', ')}>
      {texts.slice(0, shown).map((host) => (
        <span key={host} className="truncate font-mono @[58rem]:w-44">
          {host}
        </span>
      ))}
      {texts.length > shown ? <span className="text-muted-foreground">and {texts.length - shown} more</span> : null}
    </span>
  )
}

function ExpiryCell({ credential }: { credential: Credential }) {
  const { expires_at, type } = credential
  const state = expiryOf(credential, new Date())
  if (!expires_at) {
    return (
      <TableCell label="Expires">
        <span className="text-muted-foreground">{type === 'oauth2' ? 'Renewed' : 'Never'}</span>
      </TableCell>
    )
  }
  return (
    <TableCell label="Expires">
      {state ? (
        <Status tone={state === 'expired' ? 'ended' : 'warning'}>{state === 'expired' ? 'Expired' : 'Soon'}</Status>
      ) : null}
      <RelativeTime value={expires_at} className={state ? 'block text-muted-foreground text-xs' : undefined} />
    </TableCell>
  )
}

function UsedByCell({ integrations }: Pick<Credential, 'integrations'>) {
  const [only] = integrations
  return (
    <TableCell label="Used by">
      {only === undefined ? (
        <span className="text-muted-foreground">Not used</span>
      ) : integrations.length === 1 ? (
        <Link
          href={integrationHref(only.id)}
          prefetch={false}
          className="block truncate rounded hover:underline @3xl:max-w-36"
          title={only.name}
        >
          <bdi>{only.name}</bdi>
        </Link>
      ) : (
        <span title={integrations.map(({ name }) => name).join(', ')}>
          {counted(integrations.length, 'integration')}
        </span>
      )}
    </TableCell>
  )
}

/** The smaller second line of a cell. */
function Second({ className = '', ...props }: React.ComponentProps<'span'>) {
  return <span className={`block truncate text-muted-foreground text-xs ${className}`} {...props} />
}
