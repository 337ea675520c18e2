'use client'

import { RelativeTime } from '@/components/ui/relative-time'
import { Skeleton } from '@/components/ui/skeleton'
import { counted } from '../../api-keys/words'
import { useApi } from '../../data/use-api'
import { type CallList, callersOf, callsPath } from '../calls'

/** As many as the API gives at once. */
const LOOKED_AT = 100
/** More are counted, not named. */
const NAMED = 5

/** Who would be cut off: the callers among the latest calls, which are kept for 30 days. */
export function RecentUsers({ integrationId }: { integrationId: string }) {
  const { data, isError } = useApi<CallList>(callsPath(integrationId, { limit: LOOKED_AT }))
  return (
    <div className="grid gap-2 rounded border border-border bg-background px-3 py-2.5 text-sm" aria-live="polite">
      {data ? (
        <Users calls={data} />
      ) : isError ? (
        <p>Who called through it in the last 30 days could not be read. Look at its calls before you delete it.</p>
      ) : (
        <Skeleton className="h-5 w-64 max-w-full" />
      )}
    </div>
  )
}

function Users({ calls }: { calls: CallList }) {
  const callers = callersOf(calls.data)
  if (callers.length === 0) return <p>Nothing called through it in the last 30 days.</p>
  return (
    <>
      <p className="text-muted-foreground">
        {calls.next_cursor
          ? `The latest ${LOOKED_AT} calls came from these; others may have called before:`
          : 'In the last 30 days it was called by:'}
      </p>
      <ul className="grid gap-1">
        {callers.slice(0, NAMED).map(({ id, name, isKey, calls, lastAt }) => (
          <li key={id} className="[overflow-wrap:anywhere]">
            <bdi className="font-medium">{name}</bdi>
            {isKey ? null : ' (Try it)'}: {counted(calls, 'call')}, last <RelativeTime value={lastAt} />
          </li>
        ))}
      </ul>
      {callers.length > NAMED ? <p>and {counted(callers.length - NAMED, 'other')}</p> : null}
    </>
  )
}
