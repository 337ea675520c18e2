'use client'

import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { RelativeTime } from '@/components/ui/relative-time'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import { EnvironmentBadge } from '../../environment-badge'
import { keyHref } from '../paths'
import { hintText, makerText, usedFromText } from '../words'
import { isSelected, type Selection } from './selection'
import { findingNames, type ReviewedKey } from './words'

/** The keys that come up for review, each with a box to choose it by. */
export function ReviewTable({
  items,
  selection,
  onSelect,
  onKeep,
  onRevoke,
  busy,
}: {
  items: readonly ReviewedKey[]
  selection: Selection
  /** Absent: the person may look only. */
  onSelect?: (ids: string[], on: boolean) => void
  onKeep?: ((item: ReviewedKey) => void) | undefined
  onRevoke?: ((item: ReviewedKey) => void) | undefined
  busy: boolean
}) {
  const keys = items.map(({ key }) => key)
  const chosen = keys.filter(({ id }) => isSelected(selection, id)).length
  return (
    <Table aria-label="Keys to review" aria-busy={busy}>
      <TableHeader>
        <TableRow>
          {onSelect ? (
            <TableHead className="w-10 pr-0">
              <Checkbox
                aria-label="Select all on this page"
                checked={chosen === keys.length}
                indeterminate={chosen > 0 && chosen < keys.length}
                onChange={(event) =>
                  onSelect(
                    keys.map(({ id }) => id),
                    event.currentTarget.checked,
                  )
                }
              />
            </TableHead>
          ) : null}
          <TableHead>Name</TableHead>
          <TableHead>Found</TableHead>
          <TableHead>Last used</TableHead>
          <TableHead>Created</TableHead>
          {onKeep ? (
            <TableHead>
              <span className="sr-only">Decide</span>
            </TableHead>
          ) : null}
        </TableRow>
      </TableHeader>
      <TableBody>
        {items.map((item) => {
          const { key, findings } = item
          return (
            <TableRow key={key.id} aria-selected={onSelect ? isSelected(selection, key.id) : undefined}>
              {onSelect ? (
                <TableCell className="@max-3xl:absolute @max-3xl:top-2 @max-3xl:right-3 @3xl:pr-0">
                  <Checkbox
                    aria-label={`Select ${key.name}`}
                    checked={isSelected(selection, key.id)}
                    onChange={(event) => onSelect([key.id], event.currentTarget.checked)}
                  />
                </TableCell>
              ) : null}
              <TableCell wrap className="@max-3xl:pr-8">
                <span className="grid min-w-0 gap-0.5">
                  <Link href={keyHref(key.id)} prefetch={false} className="w-fit rounded font-medium hover:underline">
                    <bdi>{key.name}</bdi>
                  </Link>
                  <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                    <code className="whitespace-nowrap font-mono text-muted-foreground text-xs">{hintText(key)}</code>
                    <EnvironmentBadge environment={key.environment} />
                  </span>
                </span>
              </TableCell>
              <TableCell label="Found" wrap>
                <ul className="grid gap-1">
                  {findings.map((found) => (
                    <li key={found.finding} className="[overflow-wrap:anywhere]">
                      <Fact apiKey={key} found={found} />
                    </li>
                  ))}
                </ul>
              </TableCell>
              <TableCell label="Last used">
                {key.last_used ? (
                  <>
                    <RelativeTime value={key.last_used.at} />
                    <span className="block truncate @3xl:max-w-36 @[58rem]:max-w-48 text-muted-foreground text-xs">
                      {usedFromText(key.last_used)}
                    </span>
                  </>
                ) : (
                  'Never'
                )}
              </TableCell>
              <TableCell label="Created">
                <RelativeTime value={key.created_at} />
                <span className="block truncate @3xl:max-w-28 @[58rem]:max-w-40 text-muted-foreground text-xs">
                  by {makerText(key)}
                </span>
              </TableCell>
              {onKeep && onRevoke ? (
                <TableCell>
                  <span className="flex gap-2">
                    <Button
                      size="sm"
                      aria-haspopup="dialog"
                      aria-label={`Keep ${key.name}`}
                      onClick={() => onKeep(item)}
                    >
                      Keep
                    </Button>
                    <Button
                      size="sm"
                      variant="danger"
                      aria-haspopup="dialog"
                      aria-label={`Revoke ${key.name}`}
                      onClick={() => onRevoke(item)}
                    >
                      Revoke
                    </Button>
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
function Fact({ apiKey, found }: { apiKey: ReviewedKey['key']; found: ReviewedKey['findings'][number] }) {
  const name = <span className="font-medium">{findingNames[found.finding]}</span>
  switch (found.finding) {
    case 'never_used':
      return (
        <>
          {name}, made {found.since ? <RelativeTime value={found.since} /> : null}
        </>
      )
    case 'idle':
      return (
        <>
          {name}, last {found.since ? <RelativeTime value={found.since} /> : null}
        </>
      )
    case 'over_scoped':
      return (
        <>
          {name}: <code className="font-mono text-xs">{found.scopes?.join(', ')}</code>
        </>
      )
    case 'maker_left':
      return (
        <>
          {name}: <bdi>{apiKey.created_by.name}</bdi>
        </>
      )
    case 'retiring':
      return (
        <>
          {name}, ends {found.until ? <RelativeTime value={found.until} /> : null}
        </>
      )
    case 'no_expiry':
      return name
  }
}
