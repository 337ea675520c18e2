'use client'

import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { RelativeTime } from '@/components/ui/relative-time'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import { EnvironmentBadge } from '../../environment-badge'
import { credentialHref } from '../paths'
import { counted, typeNames } from '../words'
import { findingNames, type ReviewedCredential } from './words'

/** The credentials that come up for review, each with what is found about it. */
export function ReviewTable({
  items,
  busy,
  selected,
  onSelect,
  onKeep,
  onDelete,
}: {
  items: readonly ReviewedCredential[]
  busy: boolean
  selected: ReadonlySet<string>
  /** Absent: nothing is chosen here. */
  onSelect: ((ids: string[], on: boolean) => void) | undefined
  onKeep: ((item: ReviewedCredential) => void) | undefined
  onDelete: ((item: ReviewedCredential) => void) | undefined
}) {
  const ids = items.map(({ credential }) => credential.id)
  const chosen = ids.filter((id) => selected.has(id)).length
  return (
    <Table aria-label="Credentials to review" aria-busy={busy}>
      <TableHeader>
        <TableRow>
          {onSelect ? (
            <TableHead className="w-10 pr-0">
              <Checkbox
                aria-label="Select all on this page"
                checked={chosen === ids.length}
                indeterminate={chosen > 0 && chosen < ids.length}
                onChange={(event) => onSelect(ids, event.currentTarget.checked)}
              />
            </TableHead>
          ) : null}
          <TableHead>Name</TableHead>
          <TableHead>Found</TableHead>
          <TableHead>Last used</TableHead>
          <TableHead>Used by</TableHead>
          {onKeep || onDelete ? (
            <TableHead>
              <span className="sr-only">Decide</span>
            </TableHead>
          ) : null}
        </TableRow>
      </TableHeader>
      <TableBody>
        {items.map((item) => {
          const { credential, last_used_at, findings } = item
          const { id, environment, name, type, hosts, integrations } = credential
          return (
            <TableRow key={id} aria-selected={onSelect ? selected.has(id) : undefined}>
              {onSelect ? (
                <TableCell className="@max-3xl:absolute @max-3xl:top-2 @max-3xl:right-3 @3xl:pr-0">
                  <Checkbox
                    aria-label={`Select ${name}`}
                    checked={selected.has(id)}
                    onChange={(event) => onSelect([id], event.currentTarget.checked)}
                  />
                </TableCell>
              ) : null}
              <TableCell wrap className="@max-3xl:pr-8">
                <span className="grid min-w-0 gap-0.5">
                  <Link
                    href={credentialHref(id)}
                    prefetch={false}
                    className="w-fit rounded font-medium hover:underline"
                  >
                    <bdi>{name}</bdi>
                  </Link>
                  <span className="block truncate @3xl:max-w-56 text-muted-foreground text-xs">
                    {typeNames[type]}, {hosts.join(', ')}
                  </span>
                  <span>
                    <EnvironmentBadge environment={environment} />
                  </span>
                </span>
              </TableCell>
              <TableCell label="Found" wrap>
                <ul className="grid gap-1">
                  {findings.map((found) => (
                    <li key={found.finding} className="[overflow-wrap:anywhere]">
                      <Fact item={item} found={found} />
                    </li>
                  ))}
                </ul>
              </TableCell>
              <TableCell label="Last used">{last_used_at ? <RelativeTime value={last_used_at} /> : 'Never'}</TableCell>
              <TableCell label="Used by">
                {integrations.length === 0 ? 'None' : counted(integrations.length, 'integration')}
              </TableCell>
              {onKeep || onDelete ? (
                <TableCell>
                  <span className="flex gap-2">
                    {onKeep ? (
                      <Button size="sm" aria-haspopup="dialog" aria-label={`Keep ${name}`} onClick={() => onKeep(item)}>
                        Keep
                      </Button>
                    ) : null}
                    {onDelete ? (
                      <Button
                        size="sm"
                        variant="danger"
                        aria-haspopup="dialog"
                        aria-label={`Delete ${name}`}
                        onClick={() => onDelete(item)}
                      >
                        Delete
                      </Button>
                    ) : null}
                  </span>
                </TableCell>
              ) : null}
            </TableRow>
          )
        })}
      </TableBody>
    </Table>
  )
}

/** A finding with the fact that shows it. */
function Fact({ item, found }: { item: ReviewedCredential; found: ReviewedCredential['findings'][number] }) {
  const name = <span className="font-medium">{findingNames[found.finding]}</span>
  const { tokens, last_test, created_by } = item.credential
  switch (found.finding) {
    case 'failing':
      return (
        <>
          {name}:{' '}
          {tokens?.state === 'reauthorization_required'
            ? 'has to be re-authorized'
            : tokens?.state === 'failing'
              ? 'its renewal fails'
              : (last_test?.detail ?? 'its last test was bad')}
          {found.since ? (
            <>
              , since <RelativeTime value={found.since} />
            </>
          ) : null}
        </>
      )
    case 'idle':
      return found.since ? (
        <>
          {name}, last <RelativeTime value={found.since} />
        </>
      ) : (
        name
      )
    case 'maker_left':
      return (
        <>
          {name}: <bdi>{created_by.name}</bdi>
        </>
      )
    case 'unconnected':
      return name
  }
}
