'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { Button } from '@/components/ui/button'
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card'
import { Select } from '@/components/ui/select'
import { Skeleton } from '@/components/ui/skeleton'
import { countText } from '../../api-keys/words'
import { ListPages } from '../../data/list-pages'
import type { Preloaded } from '../../data/preloaded'
import { useApi } from '../../data/use-api'
import {
  CALLS_PER_PAGE,
  type CallFilter,
  type CallList,
  type CallStats,
  callsPath,
  callsState,
  errorRate,
} from '../calls'
import { ReadFailure } from '../read-failure'
import { latencyText } from '../words'
import { CallsTable } from './calls-table'

/** The latest calls through an integration, with how the last day went. Filter and page are in the address. */
export function CallsCard({ id, preloaded }: { id: string; preloaded: Preloaded<CallList> | null }) {
  const here = usePathname()
  const params = useSearchParams()
  const { result, cursor } = callsState(new URLSearchParams(params))
  const { data, error, isError, isFetching, isPlaceholderData, refetch } = useApi<CallList>(
    callsPath(id, { result, cursor }),
    { preloaded, keepPrevious: true },
  )
  const hrefOf = (result: CallFilter, cursor?: string | null) => {
    const query = new URLSearchParams({
      ...(result === 'failed' ? { result } : {}),
      ...(cursor ? { cursor } : {}),
    })
    return query.size > 0 ? `${here}?${query}` : here
  }
  return (
    <Card aria-label="Last calls" aria-busy={isPlaceholderData}>
      <CardHeader>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <CardTitle>Last calls</CardTitle>
          <Select
            aria-label="Calls shown"
            className="w-40"
            value={result}
            onChange={(event) => history.replaceState(null, '', hrefOf(event.currentTarget.value as CallFilter))}
          >
            <option value="all">All calls</option>
            <option value="failed">Failed calls</option>
          </Select>
        </div>
      </CardHeader>
      <CardContent className="grid grid-cols-[minmax(0,1fr)] gap-4">
        {isError ? (
          <ReadFailure
            what="The calls"
            error={error}
            stale={Boolean(data)}
            retrying={isFetching}
            onRetry={() => void refetch()}
            startHref={here}
          />
        ) : null}
        {data ? (
          <>
            <Figures stats={data.stats} />
            {data.data.length > 0 ? (
              <div className="-mx-5 border-border border-y">
                <CallsTable calls={data.data} busy={isPlaceholderData} />
              </div>
            ) : (
              <Nothing
                isFiltered={result === 'failed'}
                onShowAll={() => history.replaceState(null, '', hrefOf('all'))}
              />
            )}
            {data.next_cursor || cursor ? (
              <ListPages
                view="calls"
                list={`${id} ${result}`}
                cursor={cursor}
                next={data.next_cursor}
                label={(index) => callsLabel(index, data)}
                busy={isPlaceholderData}
                onTurn={(to) => history.pushState(null, '', hrefOf(result, to))}
              />
            ) : null}
          </>
        ) : isError ? null : (
          <CallsSkeleton />
        )}
        <p className="text-muted-foreground text-xs">
          Calls are kept for 30 days, without their headers, bodies and queries, and shown a few seconds late.
        </p>
      </CardContent>
    </Card>
  )
}

function Figures({ stats }: { stats: CallStats }) {
  const figures = [
    ['Calls', countText(stats.calls)],
    ['Failed', stats.failed === 0 ? '0' : `${countText(stats.failed)} (${errorRate(stats)})`],
    ['Median latency', stats.p50_ms === null ? '–' : latencyText(stats.p50_ms)],
    ['95th percentile', stats.p95_ms === null ? '–' : latencyText(stats.p95_ms)],
  ]
  return (
    <section aria-label="Last 24 hours" className="grid gap-2">
      <h3 className="text-muted-foreground text-xs">Last 24 hours</h3>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        {figures.map(([term, value]) => (
          <div key={term} className="grid gap-0.5">
            <dt className="text-muted-foreground text-xs">{term}</dt>
            <dd className="font-semibold text-base tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Nothing({ isFiltered, onShowAll }: { isFiltered: boolean; onShowAll: () => void }) {
  if (!isFiltered) {
    return <p className="text-sm">No calls yet. The request above makes the first one.</p>
  }
  return (
    <div className="flex flex-wrap items-center gap-3 text-sm">
      <p>No call has failed in the last 30 days.</p>
      <Button size="sm" onClick={onShowAll}>
        Show all calls
      </Button>
    </div>
  )
}

function callsLabel(index: number | null, { data }: CallList): string {
  if (index === null) return 'Older calls'
  const first = index * CALLS_PER_PAGE
  return `Calls ${countText(first + 1)}–${countText(first + data.length)}, latest first`
}

function CallsSkeleton() {
  return (
    <div role="status" aria-label="Loading calls" className="grid gap-3">
      <Skeleton className="h-12 w-full" />
      {Array.from({ length: 5 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows of nothing
        <Skeleton key={row} className="h-9 w-full" />
      ))}
    </div>
  )
}
