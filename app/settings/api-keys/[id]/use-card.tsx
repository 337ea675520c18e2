'use client'

import { lazy, Suspense, useState } from 'react'
import { Button } from '@/components/ui/button'
import { DescriptionItem, DescriptionList } from '@/components/ui/description-list'
import { RelativeTime } from '@/components/ui/relative-time'
import { type ApiKey, countText } from '../words'
import { grantedUse, type KeyUse, refusalNames, total, usedFrom } from './use'

const NarrowDialog = lazy(() => import('../dialogs/narrow-dialog'))

/** What a key asked for, from where, and what was refused, of its last 30 days. */
export function KeyUseDetails({
  apiKey,
  use,
  mayNarrow,
  onChanged,
}: {
  apiKey: ApiKey
  use: KeyUse
  mayNarrow: boolean
  onChanged: () => void
}) {
  const [narrowing, setNarrowing] = useState(false)
  const refusals = Object.entries(total(use, 'refusals')).sort(([, a], [, b]) => b - a)
  const statuses = Object.entries(total(use, 'statuses')).sort()
  const granted = grantedUse(apiKey, use)
  const unused = granted.filter(({ lastUsed }) => lastUsed === null).map(({ scope }) => scope)
  const addresses = usedFrom(use)
  return (
    <>
      <div className="mt-5 border-border border-t pt-5">
        <DescriptionList>
          <DescriptionItem term="Refused">
            {refusals.length === 0 ? (
              'None in the last 30 days'
            ) : (
              <ul>
                {refusals.map(([reason, times]) => (
                  <li key={reason}>
                    {refusalNames[reason] ?? reason}: <span className="tabular-nums">{countText(times)}</span>
                  </li>
                ))}
              </ul>
            )}
          </DescriptionItem>
          <DescriptionItem term="Answers">
            {statuses.length === 0
              ? 'None in the last 30 days'
              : statuses.map(([name, times]) => `${name}: ${countText(times)}`).join(', ')}
          </DescriptionItem>
          <DescriptionItem term="Last calls">
            {addresses.length === 0 ? (
              'None in the last 30 days'
            ) : (
              <ul className="grid gap-0.5">
                {addresses.map(({ address, requests, lastAt }) => (
                  <li key={address} className="flex flex-wrap gap-x-2">
                    <code className="font-mono text-xs leading-5 [overflow-wrap:anywhere]">
                      {address === '' ? 'Others, or not known' : address}
                    </code>
                    <span className="text-muted-foreground">
                      {countText(requests)}, last{' '}
                      {beganWithin(1, lastAt) ? (
                        'within the hour'
                      ) : beganWithin(2, lastAt) ? (
                        'within two hours'
                      ) : (
                        <RelativeTime value={lastAt} />
                      )}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </DescriptionItem>
          <DescriptionItem term="Scopes used">
            <ul className="grid gap-0.5">
              {granted.map(({ scope, lastUsed }) => (
                <li key={scope} className="flex flex-wrap gap-x-2">
                  <code className="font-mono text-xs leading-5">{scope}</code>
                  <span className="text-muted-foreground">
                    {lastUsed ? <RelativeTime value={lastUsed} /> : 'granted but never used'}
                  </span>
                </li>
              ))}
            </ul>
            {use.scopes.has_unnamed ? (
              <p className="mt-1 text-muted-foreground text-xs">
                Some requests did not say what they ask for, such as those to GET /me: they may need any scope.
              </p>
            ) : null}
            {mayNarrow && unused.length > 0 && unused.length < granted.length ? (
              <Button size="sm" className="mt-2" aria-haspopup="dialog" onClick={() => setNarrowing(true)}>
                Take unused scopes away
              </Button>
            ) : null}
          </DescriptionItem>
        </DescriptionList>
      </div>
      {narrowing ? (
        <Suspense>
          <NarrowDialog
            apiKey={apiKey}
            unused={unused}
            isUncertain={use.scopes.has_unnamed}
            watchedSince={use.scopes.watched_since}
            onChanged={onChanged}
            onClose={() => setNarrowing(false)}
          />
        </Suspense>
      ) : null}
    </>
  )
}

/** Whether an hour of use began so few hours ago: when in it somebody called is not known, and it may be a moment ago. */
function beganWithin(hours: number, startedAt: string): boolean {
  return Date.now() - new Date(startedAt).getTime() < hours * 3_600_000
}
