'use client'

import Link from 'next/link'
import { lazy, Suspense, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/checkbox'
import { RelativeTime } from '@/components/ui/relative-time'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { changeOverlap } from '../actions'
import { keyHref } from '../paths'
import { type ApiKey, counted, hintText, requestsToday, usedFromText } from '../words'

const load = () => import('../dialogs/end-overlap-dialog')
const EndOverlapDialog = lazy(load)

/** A regenerated key whose old token still works: who still uses it, beside the new one, and how to end that. */
export default function OverlapCard({
  oldKey,
  newKey,
  shown,
  mayManage,
  onChanged,
}: {
  oldKey: ApiKey
  newKey: ApiKey
  /** Whose page this is. */
  shown: 'old' | 'new'
  mayManage: boolean
  onChanged: () => void
}) {
  const [ending, setEnding] = useState(false)
  const silent = useAction(changeOverlap, onChanged)
  return (
    <Card aria-labelledby="overlap-title">
      <CardHeader>
        <CardTitle id="overlap-title">
          {shown === 'old' ? 'This key is retiring' : 'The token before this one still works'}
        </CardTitle>
        <CardDescription>
          The key was regenerated. The old token stops{' '}
          {oldKey.retires_at ? <RelativeTime value={oldKey.retires_at} /> : null}; until then both work.
        </CardDescription>
      </CardHeader>
      <CardContent className="grid gap-4">
        <ProblemBanner problem={silent.problem} />
        <div className="grid gap-3 sm:grid-cols-2">
          <Side title="Old token" apiKey={oldKey} isOld since={newKey.created_at} isShown={shown === 'old'} />
          <Side title="New token" apiKey={newKey} since={newKey.created_at} isShown={shown === 'new'} />
        </div>
        {mayManage ? (
          <Checkbox
            label="Stop the old token as soon as nothing uses it any more"
            hint="Once the new one is in use and the old one has been silent for an hour."
            checked={oldKey.retire_when_silent}
            aria-busy={silent.pending}
            onChange={(event) => silent.run(oldKey.id, { retire_when_silent: event.currentTarget.checked })}
          />
        ) : null}
      </CardContent>
      {mayManage ? (
        <CardFooter>
          <span>
            {oldKey.last_used
              ? 'Ended now, whatever still uses the old token is refused at once.'
              : 'Nothing has ever used the old token.'}
          </span>
          <Button
            variant="danger"
            aria-haspopup="dialog"
            onClick={() => setEnding(true)}
            onPointerEnter={() => void load()}
            onFocus={() => void load()}
          >
            End overlap now
          </Button>
        </CardFooter>
      ) : null}
      {ending ? (
        <Suspense>
          <EndOverlapDialog oldKey={oldKey} onEnded={onChanged} onClose={() => setEnding(false)} />
        </Suspense>
      ) : null}
      {silent.passwordDialog}
    </Card>
  )
}

function Side({
  title,
  apiKey,
  isOld = false,
  since,
  isShown,
}: {
  title: string
  apiKey: ApiKey
  isOld?: boolean
  /** When the key was regenerated. */
  since: string
  isShown: boolean
}) {
  const { last_used } = apiKey
  const from = last_used && usedFromText(last_used)
  return (
    <section
      className="grid min-w-0 content-start gap-1 rounded border border-border px-3 py-2.5 text-sm"
      aria-label={title}
    >
      <h3 className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{title}</span>
        <code className="font-mono text-muted-foreground text-xs">{hintText(apiKey)}</code>
      </h3>
      <p className="[overflow-wrap:anywhere]">
        {last_used && Date.parse(last_used.at) > Date.parse(since) ? (
          <span className="font-medium">
            {isOld ? 'Still used' : 'Used'} {from ? `by ${from}` : null}
          </span>
        ) : isOld ? (
          'Not used since the key was regenerated'
        ) : (
          'Not used yet'
        )}
      </p>
      <p className="text-muted-foreground text-xs">
        {last_used ? (
          <>
            Last used <RelativeTime value={last_used.at} />
            {' · '}
          </>
        ) : null}
        {counted(requestsToday(apiKey), 'request')} today
        {isShown ? null : (
          <>
            {' · '}
            <Link href={keyHref(apiKey.id)} className="rounded underline underline-offset-2 hover:text-foreground">
              Open this key
            </Link>
          </>
        )}
      </p>
    </section>
  )
}
