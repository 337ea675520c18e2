import type { Metadata } from 'next'
import { Suspense } from 'react'
import { requireSession } from '@/app/session'
import { buttonVariants } from '@/components/ui/button'
import { Card, CardContent } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { listMembers } from '@/lib/accounts'
import { auditKinds } from '@/lib/audit'
import { getRuntime } from '@/lib/runtime'
import { firstParams } from '../credentials/search-params'
import { DownloadLink } from '../data/download-link'
import { EventList } from './event-list'
import { Filters, type Option } from './filters'
import { auditHref, CHECKPOINT_PATH, EXPORT_PATH, type Filter, parseFilter } from './list-state'
import { actionNames, kindNames } from './words'

export const metadata: Metadata = { title: 'Audit' }

/** Who changed what in the account, from where, and what was refused. */
export default async function AuditPage({ searchParams }: PageProps<'/settings/audit'>) {
  const { account } = await requireSession('audit:read')
  const params = firstParams(await searchParams)
  const filter = parseFilter(params)
  const cursor = params.get('cursor') ?? undefined
  const members = await listMembers(getRuntime().database.db, account.id)
  return (
    <>
      <PageHeader
        title="Audit"
        description="Who changed what, from where, and what was refused. Events are chained: none can be changed or taken out unseen."
        action={
          <>
            {/* Files, not pages: what Next would fetch ahead is an export too. */}
            <DownloadLink href={CHECKPOINT_PATH} className={buttonVariants()}>
              Download checkpoint
            </DownloadLink>
            <DownloadLink href={auditHref(filter, { path: EXPORT_PATH })} className={buttonVariants()}>
              Export as JSON Lines
            </DownloadLink>
          </>
        }
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <Card aria-label="Filters">
          <CardContent>
            <Filters filter={filter} people={peopleOf(filter, members)} actions={actions} />
          </CardContent>
        </Card>
        <Suspense key={auditHref(filter, { cursor })} fallback={<Skeleton className="h-96 w-full" />}>
          <EventList accountId={account.id} filter={filter} cursor={cursor} />
        </Suspense>
      </div>
    </>
  )
}

const actions = auditKinds.map((kind) => ({
  kind: { value: kind, name: kindNames[kind] },
  actions: actionNames
    .filter((action) => action.kind === kind)
    .map(({ action, name }): Option => ({ value: action, name })),
}))

/** The members, what acts by itself, and whoever the list is narrowed to: a key, or somebody who has left. */
function peopleOf({ actor }: Filter, members: { id: string; name: string }[]): Option[] {
  const known = [
    ...members.map(({ id, name }) => ({ value: id, name })),
    { value: 'key', name: 'Any API key' },
    { value: 'system', name: 'Fenicia itself' },
    { value: 'operator', name: 'The operator' },
  ]
  return actor && !known.some(({ value }) => value === actor) ? [...known, { value: actor, name: actor }] : known
}
