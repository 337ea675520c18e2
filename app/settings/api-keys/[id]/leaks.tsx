import Link from 'next/link'
import { Banner } from '@/components/ui/banner'
import { buttonVariants } from '@/components/ui/button'
import { RelativeTime } from '@/components/ui/relative-time'
import { can, type Holder } from '@/lib/accounts'
import { reachOfKey } from '@/lib/integrations'
import { type LeakView, listLeaks } from '@/lib/leaks'
import { getRuntime } from '@/lib/runtime'
import { MarkHandled } from './mark-handled'

const seen: Record<LeakView['source'], string> = {
  report: 'Told by somebody who holds it',
  github: 'Found by GitHub',
  url: 'In the URL of a request to Fenicia',
  body: 'In a request through an integration, on its way to the service',
}

const done: Record<LeakView['outcome'], string> = {
  revoked: 'The key was revoked at once.',
  flagged: 'The key goes on working until you regenerate or revoke it.',
  ended_before: 'The key did not work any more by then.',
}

/** Where a key's token was seen that does not belong there, and what to replace; nothing when it was seen nowhere. */
export async function Leaks({ accountId, keyId, holder }: { accountId: string; keyId: string; holder: Holder }) {
  const { db } = getRuntime().database
  const leaks = await listLeaks(db, accountId, keyId)
  if (leaks.length === 0) return null
  const open = leaks.filter(({ handled }) => handled === null)
  const places = (
    <ul className="grid gap-2">
      {leaks.map((leak) => (
        <Place key={leak.id} leak={leak} />
      ))}
    </ul>
  )
  if (open.length === 0) {
    return (
      <Banner tone="info" title="The token of this key was seen where it does not belong; all was done about it">
        {places}
      </Banner>
    )
  }
  return (
    <Banner
      tone="error"
      title="The token of this key was seen where it does not belong: others may have it"
      action={can(holder, 'keys:manage') ? <MarkHandled id={keyId} /> : undefined}
    >
      <div className="grid gap-3">
        {places}
        <Rotations accountId={accountId} keyId={keyId} holder={holder} />
      </div>
    </Banner>
  )
}

function Place({ leak }: { leak: LeakView }) {
  return (
    <li>
      <span className="text-foreground">{seen[leak.source]}</span>
      {leak.url === '' ? null : (
        <>
          : <code className="font-mono text-xs">{leak.url}</code>
        </>
      )}
      , <RelativeTime value={leak.lastAt.toISOString()} />
      {leak.times > 1 ? ` (${leak.times.toLocaleString('en')} times)` : ''}
      {leak.address ? `, from ${leak.address}` : ''}. {done[leak.outcome]}
      {leak.comment ? <q className="block">{leak.comment}</q> : null}
      {leak.handled ? (
        <span className="block">
          {leak.handled.by} marked it as handled <RelativeTime value={leak.handled.at.toISOString()} />.
        </span>
      ) : null}
    </li>
  )
}

/** What the key reached: secrets that somebody else may have used, each to be replaced. */
async function Rotations({ accountId, keyId, holder }: { accountId: string; keyId: string; holder: Holder }) {
  const namesCredentials = can(holder, 'credentials:read')
  const { days, reached } = await reachOfKey(getRuntime().database.db, accountId, keyId, { namesCredentials })
  const credentials = new Map(reached.map(({ credential }) => [credential.id, credential]))
  if (credentials.size === 0) return <p>It called nothing through an integration in the last {days} days.</p>
  return (
    <div className="grid gap-2">
      <p>In the last {days} days it used these credentials. Whoever had the token could use them too: replace them.</p>
      <ul className="grid gap-2">
        {[...credentials.values()].map(({ id, name }) => {
          const uses = reached.filter(({ credential }) => credential.id === id)
          const hosts = [...new Set(uses.map(({ host }) => host))].join(', ')
          const through = [...new Set(uses.map(({ integration }) => integration.name ?? 'a deleted integration'))]
          return (
            <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
              <span className="min-w-0">
                <bdi className="text-foreground">
                  {name ?? (namesCredentials ? 'A deleted credential' : 'A credential')}
                </bdi>{' '}
                at <code className="font-mono text-xs">{hosts}</code>, through {through.join(', ')}
              </span>
              {name === null || !can(holder, 'credentials:update') ? null : (
                <Link
                  href={`/settings/credentials/${id}/edit`}
                  prefetch={false}
                  className={buttonVariants({ size: 'sm' })}
                  aria-label={`Replace the secret of ${name}`}
                >
                  Replace secret
                </Link>
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
