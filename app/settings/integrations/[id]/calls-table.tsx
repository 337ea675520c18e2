'use client'

import Link from 'next/link'
import { CopyButton } from '@/components/ui/copy-button'
import { RelativeTime } from '@/components/ui/relative-time'
import { Status } from '@/components/ui/status'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import { keyHref } from '../../api-keys/paths'
import { type Call, callLook } from '../calls'
import { latencyText, sizeText } from '../words'

/** Calls, the latest first: what was asked, who asked, and how it ended. */
export function CallsTable({ calls, busy }: { calls: readonly Call[]; busy: boolean }) {
  return (
    <Table aria-label="Last calls" aria-busy={busy}>
      <TableHeader>
        <TableRow>
          <TableHead>Request</TableHead>
          <TableHead>Result</TableHead>
          <TableHead>Caller</TableHead>
          <TableHead>Latency</TableHead>
          <TableHead>Answer</TableHead>
          <TableHead>When</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {calls.map((call) => {
          const { tone, word } = callLook(call)
          return (
            <TableRow key={call.id}>
              <TableCell wrap>
                <span className="grid min-w-0 gap-0.5">
                  <code className="font-mono text-xs leading-5">
                    {call.method} {call.path}
                  </code>
                  <span className="font-mono text-muted-foreground text-xs">{call.host}</span>
                </span>
              </TableCell>
              <TableCell label="Result">
                <Status tone={tone}>{word}</Status>
              </TableCell>
              <TableCell label="Caller">
                <span className="block truncate @3xl:max-w-36">
                  <CallerName call={call} />
                </span>
              </TableCell>
              <TableCell
                label="Latency"
                className="tabular-nums"
                title={`${latencyText(call.total_ms)} to the last byte`}
              >
                {latencyText(call.latency_ms)}
              </TableCell>
              <TableCell label="Answer" className="tabular-nums">
                {sizeText(call.response_bytes)}
              </TableCell>
              <TableCell label="When">
                <RelativeTime value={call.at} />
                <span className="flex min-w-0 items-center gap-1">
                  <span
                    className="min-w-0 truncate font-mono text-muted-foreground text-xs @3xl:max-w-28"
                    title={call.request_id}
                  >
                    {call.request_id}
                  </span>
                  <CopyButton value={call.request_id} label={`Copy request id ${call.request_id}`} className="-my-1" />
                </span>
              </TableCell>
            </TableRow>
          )
        })}
      </TableBody>
    </Table>
  )
}

function CallerName({ call: { key, user } }: { call: Call }) {
  if (key) {
    if (key.name === null) return <span className="text-muted-foreground">Deleted key</span>
    return (
      <Link
        href={keyHref(key.id)}
        prefetch={false}
        className="rounded underline decoration-border underline-offset-2 hover:decoration-current"
      >
        <bdi>{key.name}</bdi>
      </Link>
    )
  }
  return (
    <>
      <bdi>{user?.name ?? 'Somebody who left'}</bdi>
      <span className="block text-muted-foreground text-xs">Try it</span>
    </>
  )
}
