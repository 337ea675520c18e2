'use client'

import Link from 'next/link'
import { Badge } from '@/components/ui/badge'
import { Checkbox } from '@/components/ui/checkbox'
import { RelativeTime } from '@/components/ui/relative-time'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import { keyHref } from '../paths'
import { type ApiKey, environmentNames, hintText, makerText, usedFromText } from '../words'
import { isSelected, type Selection } from './selection'

/** The keys that come up for review, each with a box to choose it by. */
export function ReviewTable({
  keys,
  selection,
  onSelect,
  busy,
}: {
  keys: readonly ApiKey[]
  selection: Selection
  /** Absent: the person may look only. */
  onSelect?: (ids: string[], on: boolean) => void
  busy: boolean
}) {
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
          <TableHead>Last used</TableHead>
          <TableHead>Created</TableHead>
          <TableHead>Scopes</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {keys.map((key) => (
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
                  <Badge variant={key.environment === 'live' ? 'solid' : 'outline'}>
                    {environmentNames[key.environment]}
                  </Badge>
                </span>
              </span>
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
            <TableCell label="Scopes">
              <span
                className="block truncate font-mono @3xl:max-w-28 @[58rem]:max-w-56 text-xs"
                title={key.scopes.join(', ')}
              >
                {key.scopes.join(', ')}
              </span>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  )
}
