import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { DescriptionItem, DescriptionList } from '@/components/ui/description-list'
import { RelativeTime } from '@/components/ui/relative-time'
import type { AuditEventView } from '@/lib/audit'
import { auditHref, type Filter } from './list-state'
import { happenedText, readDetails } from './words'

/** One event: who did what, and opened, all that is known of it. */
export function EventItem({ event }: { event: AuditEventView }) {
  const { at, actor, address } = event
  return (
    <li>
      <details className="group">
        <summary className="grid cursor-pointer list-none grid-cols-[auto_minmax(0,1fr)] gap-x-2 px-5 py-3 text-sm hover:bg-muted/50 sm:grid-cols-[auto_minmax(0,1fr)_auto] [&::-webkit-details-marker]:hidden">
          <ChevronRight
            aria-hidden="true"
            className="mt-0.5 size-4 text-muted-foreground transition-transform duration-100 group-open:rotate-90"
          />
          <span className="[overflow-wrap:anywhere]">
            <bdi className="font-medium">{actor.name}</bdi>
            {actor.kind === 'key' ? <span className="text-muted-foreground"> (API key)</span> : null}{' '}
            {happenedText(event)}
          </span>
          <span className="col-start-2 text-muted-foreground text-xs leading-5 sm:col-start-3 sm:text-right">
            <RelativeTime value={at.toISOString()} />
            {address ? ` from ${address}` : null}
          </span>
        </summary>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4 border-border border-t bg-background px-5 py-4">
          <Changes details={event.details} />
          <Facts event={event} />
        </div>
      </details>
    </li>
  )
}

function Changes({ details }: { details: AuditEventView['details'] }) {
  const { changes, facts } = readDetails(details)
  return (
    <>
      {changes.length > 0 ? (
        <table className="w-full table-fixed text-left text-sm [overflow-wrap:anywhere]">
          <caption className="sr-only">What was changed</caption>
          <thead className="text-muted-foreground text-xs">
            <tr>
              {['Field', 'Before', 'After'].map((name) => (
                <th key={name} scope="col" className="pr-3 pb-1 font-normal">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {changes.map(({ field, before, after }) => (
              <tr key={field} className="border-border border-t align-top">
                <th scope="row" className="py-1.5 pr-3 font-normal">
                  {field}
                </th>
                <td className="py-1.5 pr-3">{before}</td>
                <td className="py-1.5">{after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {facts.length > 0 ? (
        <DescriptionList>
          {facts.map(({ name, value }) => (
            <DescriptionItem key={name} term={name}>
              {value}
            </DescriptionItem>
          ))}
        </DescriptionList>
      ) : null}
    </>
  )
}

function Facts({ event }: { event: AuditEventView }) {
  const { actor, target, link } = event
  return (
    <DescriptionList className="border-border border-t pt-4 first:border-t-0 first:pt-0">
      <DescriptionItem term="Time">
        <time dateTime={event.at.toISOString()}>{event.at.toISOString()}</time>
      </DescriptionItem>
      <DescriptionItem term="Action">
        <Mono>{event.action}</Mono>
      </DescriptionItem>
      <DescriptionItem term="Who">
        <Narrowed by={{ actor: actor.id ?? actor.kind }}>{actor.id ?? actor.name}</Narrowed>
      </DescriptionItem>
      <DescriptionItem term="Target id">
        <Narrowed by={{ target: target.id }}>{target.id}</Narrowed>
      </DescriptionItem>
      <DescriptionItem term="From">
        {event.address ? <Narrowed by={{ address: event.address }}>{event.address}</Narrowed> : '–'}
      </DescriptionItem>
      <DescriptionItem term="User agent">{event.userAgent ?? '–'}</DescriptionItem>
      <DescriptionItem term="Request id">
        {event.requestId ? <Narrowed by={{ q: event.requestId }}>{event.requestId}</Narrowed> : '–'}
      </DescriptionItem>
      <DescriptionItem term="Event">
        <Mono>{event.id}</Mono>
      </DescriptionItem>
      {link ? (
        <>
          <DescriptionItem term="Place in the chain">
            <span className="tabular-nums">{link.seq.toLocaleString('en')}</span>
          </DescriptionItem>
          <DescriptionItem term="Hash of the chain up to it">
            <Mono>{link.hash}</Mono>
          </DescriptionItem>
        </>
      ) : null}
    </DescriptionList>
  )
}

function Narrowed({ by, children }: { by: Filter; children: string }) {
  return (
    <Link
      href={auditHref(by)}
      prefetch={false}
      className="rounded font-mono text-xs underline underline-offset-2 max-sm:text-[11px]"
    >
      {children}
    </Link>
  )
}

function Mono({ children }: { children: string }) {
  return <code className="font-mono text-xs max-sm:text-[11px]">{children}</code>
}
