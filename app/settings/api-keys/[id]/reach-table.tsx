'use client'

import Link from 'next/link'
import type { z } from 'zod'
import { Button } from '@/components/ui/button'
import { RelativeTime } from '@/components/ui/relative-time'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import type { reachSchema } from '@/lib/api/integration-resources'
import { useApi } from '../../data/use-api'
import { countText } from '../words'
import { ReachSkeleton } from './reach-skeleton'

/** Where a key got to through integrations, as the API answers it. */
type Reach = z.output<typeof reachSchema>

/** What a key has reached, as a table; loaded after the page, see `reach.tsx`. */
export default function ReachTable({ id, maySeeCredentials }: { id: string; maySeeCredentials: boolean }) {
  const { data, isError, isFetching, refetch } = useApi<Reach>(`/keys/${encodeURIComponent(id)}/reach`)
  if (!data) {
    return isError ? (
      <p role="alert" className="flex flex-wrap items-center gap-3 text-sm">
        What it reached could not be read.
        <Button size="sm" pending={isFetching} onClick={() => void refetch()}>
          Retry
        </Button>
      </p>
    ) : (
      <ReachSkeleton />
    )
  }
  if (data.data.length === 0) {
    return <p className="text-sm">It called nothing through an integration in the last 30 days.</p>
  }
  return (
    <div className="-mx-5 -mb-5 border-border border-t">
      <Table aria-label="What this key reached">
        <TableHeader>
          <TableRow>
            <TableHead>Integration</TableHead>
            <TableHead>Credential</TableHead>
            <TableHead>Host</TableHead>
            <TableHead>Calls</TableHead>
            <TableHead>Failed</TableHead>
            <TableHead>Last</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {data.data.map(({ integration, credential, host, calls, failed, last_at }) => (
            <TableRow key={`${integration.id} ${credential.id} ${host}`}>
              <TableCell wrap>
                <Target href={`/settings/integrations/${integration.id}`} name={integration.name} />
              </TableCell>
              <TableCell label="Credential">
                <span className="block truncate @3xl:max-w-44">
                  {maySeeCredentials ? (
                    <Target href={`/settings/credentials/${credential.id}`} name={credential.name} />
                  ) : (
                    <span className="text-muted-foreground">Not for your role</span>
                  )}
                </span>
              </TableCell>
              <TableCell label="Host">
                <code className="block truncate font-mono text-xs leading-5 @3xl:max-w-56" title={host}>
                  {host}
                </code>
              </TableCell>
              <TableCell label="Calls" className="tabular-nums">
                {countText(calls)}
              </TableCell>
              <TableCell label="Failed" className="tabular-nums">
                {countText(failed)}
              </TableCell>
              <TableCell label="Last">
                <RelativeTime value={last_at} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  )
}

function Target({ href, name }: { href: string; name: string | null }) {
  if (name === null) return <span className="text-muted-foreground">Deleted</span>
  return (
    <Link
      href={href}
      prefetch={false}
      className="rounded underline decoration-border underline-offset-2 hover:decoration-current"
    >
      <bdi>{name}</bdi>
    </Link>
  )
}
