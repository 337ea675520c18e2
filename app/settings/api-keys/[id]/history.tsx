import Link from 'next/link'
import { RelativeTime } from '@/components/ui/relative-time'
import { listAuditEventsOf } from '@/lib/audit'
import { getRuntime } from '@/lib/runtime'
import { keyHref } from '../paths'
import { type ApiKey, makerText } from '../words'
import { happened } from './history-words'

const SHOWN = 50

/** Who did what to a key, newest first. */
export async function History({ accountId, apiKey }: { accountId: string; apiKey: ApiKey }) {
  const events = await listAuditEventsOf(getRuntime().database.db, accountId, apiKey.id, SHOWN)
  if (events.length === 0 && !apiKey.replaces_id) {
    return <p className="text-muted-foreground text-sm">Nothing is on record for this key.</p>
  }
  return (
    <ol className="grid gap-3">
      {events.map((event) => {
        const { what, more } = happened(event)
        return (
          <Event key={event.id} at={event.at.toISOString()} by={event.actor.name} address={event.address}>
            <p>{what}</p>
            {more ? <p className="text-muted-foreground">{more}</p> : null}
          </Event>
        )
      })}
      {apiKey.replaces_id && events.length < SHOWN ? (
        <Event at={apiKey.created_at} by={makerText(apiKey)} address={null}>
          <p>
            Made by regenerating{' '}
            <Link href={keyHref(apiKey.replaces_id)} className="rounded underline underline-offset-2">
              the key before
            </Link>
          </p>
        </Event>
      ) : null}
    </ol>
  )
}

function Event({
  at,
  by,
  address,
  children,
}: {
  at: string
  by: string
  address: string | null
  children: React.ReactNode
}) {
  return (
    <li className="grid gap-0.5 text-sm sm:grid-cols-[1fr_auto] sm:gap-x-6">
      <div className="min-w-0 [overflow-wrap:anywhere]">{children}</div>
      <p className="text-muted-foreground text-xs leading-5 sm:text-right">
        <RelativeTime value={at} /> by {by}
        {address ? ` from ${address}` : null}
      </p>
    </li>
  )
}
