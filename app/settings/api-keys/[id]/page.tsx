import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache, Suspense } from 'react'
import { requireSession } from '@/app/session'
import { Skeleton } from '@/components/ui/skeleton'
import { can } from '@/lib/accounts'
import { apiKeyId } from '@/lib/api-keys'
import { isRefusal } from '@/lib/errors'
import { HistoryLink } from '../../audit/history-link'
import type { Preloaded } from '../../data/preloaded'
import { preloadKey } from '../preload'
import type { ApiKey } from '../words'
import { History } from './history'
import { KeyView } from './key-view'
import { Leaks } from './leaks'

type Props = PageProps<'/settings/api-keys/[id]'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { account } = await requireSession('keys:read')
  return { title: (await findKey(account.id, (await params).id)).answer.name }
}

/** One API key, at an address of its own. */
export default async function ApiKeyPage({ params, searchParams }: Props) {
  const session = await requireSession('keys:read')
  const { account } = session
  const key = await findKey(account.id, (await params).id)
  return (
    <KeyView
      // Another key is another page: nothing of this one's state goes along.
      key={key.answer.id}
      id={key.answer.id}
      preloaded={key}
      neighbour={await overlapNeighbour(account.id, key.answer)}
      mayManage={can(session, 'keys:manage')}
      maySeeCredentials={can(session, 'credentials:read')}
      startRenaming={(await searchParams).rename === '1'}
      leaks={
        <Suspense>
          <Leaks accountId={account.id} keyId={key.answer.id} holder={session} />
        </Suspense>
      }
      history={
        <div className="grid gap-3">
          <Suspense fallback={<Skeleton className="h-10 w-full" />}>
            <History accountId={account.id} apiKey={key.answer} />
          </Suspense>
          <HistoryLink holder={session} targetId={key.answer.id} />
        </div>
      }
    />
  )
}

/** Read once for a request, by the title and the page. Another account's key is not found, as one that does not exist. */
const findKey = cache(async (accountId: string, id: string): Promise<Preloaded<ApiKey>> => {
  // What can't be an id must not reach a statement.
  if (!apiKeyId.safeParse(id).success) notFound()
  try {
    return await preloadKey(accountId, id)
  } catch (error) {
    if (isRefusal(error)) notFound()
    throw error
  }
})

/** The other key of an overlap that is going on. */
async function overlapNeighbour(accountId: string, key: ApiKey): Promise<Preloaded<ApiKey> | null> {
  if (key.status === 'retiring' && key.replaced_by_id) return findKey(accountId, key.replaced_by_id)
  if (!key.replaces_id) return null
  const before = await findKey(accountId, key.replaces_id)
  return before.answer.status === 'retiring' ? before : null
}
