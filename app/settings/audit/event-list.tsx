import { ScrollText } from 'lucide-react'
import Link from 'next/link'
import { buttonVariants } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { type AuditEventPage, listAuditEvents, listAuditEventsQuery } from '@/lib/audit'
import { isRefusal } from '@/lib/errors'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { EventItem } from './event-item'
import { AUDIT_PATH, auditHref, type Filter, isFiltered } from './list-state'

const PAGE_SIZE = 50

/** A page of events; the state of the list is in the address. */
export async function EventList({
  accountId,
  filter,
  cursor,
}: {
  accountId: string
  filter: Filter
  cursor: string | undefined
}) {
  const page = await readPage(accountId, filter, cursor)
  if (typeof page === 'string') return <Unreadable message={page} />
  if (page.events.length === 0) return <Nothing isNarrowed={isFiltered(filter) || cursor !== undefined} />
  return (
    <Card aria-label="Events">
      <ol className="divide-y divide-border">
        {page.events.map((event) => (
          <EventItem key={event.id} event={event} />
        ))}
      </ol>
      {cursor || page.nextCursor ? (
        <nav aria-label="Pages" className="flex justify-between gap-2 border-border border-t px-5 py-3">
          {cursor ? (
            <Link href={auditHref(filter)} className={buttonVariants({ size: 'sm' })}>
              Newest
            </Link>
          ) : null}
          {page.nextCursor ? (
            <Link
              href={auditHref(filter, { cursor: page.nextCursor })}
              className={buttonVariants({ size: 'sm', className: 'ml-auto' })}
            >
              Older
            </Link>
          ) : null}
        </nav>
      ) : null}
    </Card>
  )
}

/** @returns in words what is wrong with the address, when something is */
async function readPage(
  accountId: string,
  filter: Filter,
  cursor: string | undefined,
): Promise<AuditEventPage | string> {
  try {
    const query = parseInput(listAuditEventsQuery, { ...filter, cursor, limit: PAGE_SIZE })
    return await listAuditEvents(getRuntime().database.db, accountId, query)
  } catch (error) {
    if (isRefusal(error)) return error.message.charAt(0).toUpperCase() + error.message.slice(1)
    throw error
  }
}

function Unreadable({ message }: { message: string }) {
  return (
    <Card>
      <EmptyState
        title="This address does not lead to a list"
        description={message}
        action={
          <Link href={AUDIT_PATH} className={buttonVariants()}>
            Show all events
          </Link>
        }
      />
    </Card>
  )
}

function Nothing({ isNarrowed }: { isNarrowed: boolean }) {
  return (
    <Card>
      <EmptyState
        icon={<ScrollText />}
        title={isNarrowed ? 'No event matches' : 'No events yet'}
        description={
          isNarrowed
            ? 'Nothing on record is as you asked. Old events may have been removed by the account’s policy.'
            : 'Who changes what here, and what is refused, stands in this list from the first change on.'
        }
        action={
          isNarrowed ? (
            <Link href={AUDIT_PATH} className={buttonVariants()}>
              Show all events
            </Link>
          ) : undefined
        }
      />
    </Card>
  )
}
