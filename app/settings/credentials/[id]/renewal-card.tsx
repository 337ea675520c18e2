'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card, CardContent, CardFooter, CardHeader, CardTitle } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/checkbox'
import { DescriptionItem, DescriptionList } from '@/components/ui/description-list'
import { Pagination } from '@/components/ui/pagination'
import { RelativeTime } from '@/components/ui/relative-time'
import { Skeleton } from '@/components/ui/skeleton'
import { Status } from '@/components/ui/status'
import { ProblemBanner } from '../../data/problem-banner'
import { ReadFailure } from '../../data/read-failure'
import { useAction } from '../../data/use-action'
import { REFRESH_MS, useApi } from '../../data/use-api'
import { changeCredential, renewCredentialNow } from '../actions'
import type { Allowed } from '../credential-menu'
import { useCredentialsChanged } from '../queries'
import type { Credential } from '../words'
import { outcomeText, type Renewal, type RenewalList, renewalsPath, stateLooks, type Tokens } from './renewals'
import { RenewalsTable } from './renewals-table'

/** How an OAuth2 credential's tokens are kept current: their state, what was tried, what comes next. */
export function RenewalCard({ credential, tokens, may }: { credential: Credential; tokens: Tokens; may: Allowed }) {
  const { id, renew_ahead = true } = credential
  const changed = useCredentialsChanged()
  const [outcome, setOutcome] = useState<Renewal | null>(null)
  const renewal = useAction(renewCredentialNow, (done) => {
    setOutcome(done)
    changed()
  })
  const setting = useAction(changeCredential, changed)
  const look = stateLooks[tokens.state]
  return (
    <Card aria-labelledby="renewal-title">
      <CardHeader>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <CardTitle id="renewal-title">Renewal</CardTitle>
          <Status tone={look.tone}>{look.word}</Status>
        </div>
      </CardHeader>
      <CardContent className="grid grid-cols-[minmax(0,1fr)] gap-5">
        <ProblemBanner problem={renewal.problem ?? setting.problem} />
        <p role="status" className={outcome ? 'text-sm [overflow-wrap:anywhere]' : 'sr-only'}>
          {outcome ? outcomeText(outcome) : null}
        </p>
        <TokenTimes tokens={tokens} isAhead={renew_ahead} />
        {may.update ? (
          <Checkbox
            label="Renew tokens before they end"
            hint="Also while no integration uses this credential. Otherwise a call renews them, once they have ended."
            checked={renew_ahead}
            aria-busy={setting.pending}
            onChange={(event) => {
              renewal.clear()
              setting.run(id, { renew_ahead: event.currentTarget.checked })
            }}
          />
        ) : null}
        <Renewals id={id} />
      </CardContent>
      {may.test ? (
        <CardFooter>
          <span>Asks the service for a new access token at once.</span>
          <Button
            pending={renewal.pending}
            onClick={() => {
              setting.clear()
              renewal.run(id)
            }}
          >
            Renew now
          </Button>
        </CardFooter>
      ) : null}
      {renewal.passwordDialog}
      {setting.passwordDialog}
    </Card>
  )
}

/** Points in time of the tokens that renewal keeps current. */
function TokenTimes({ tokens, isAhead }: { tokens: Tokens; isAhead: boolean }) {
  const { state, obtained_at, expires_at, renew_at, failing_since, refused_error, refresh_expires_at } = tokens
  return (
    <DescriptionList>
      <DescriptionItem term="Access token obtained">
        {obtained_at ? <RelativeTime value={obtained_at} /> : 'Not yet: it is got with the first call'}
      </DescriptionItem>
      <DescriptionItem term="Access token ends">
        {expires_at ? <RelativeTime value={expires_at} /> : obtained_at ? 'The service does not say' : '–'}
      </DescriptionItem>
      <DescriptionItem term="Next renewal">
        {renew_at ? (
          <RelativeTime value={renew_at} />
        ) : state === 'reauthorization_required' ? (
          'None: somebody has to re-authorize'
        ) : isAhead ? (
          'When a call needs it'
        ) : (
          'When a call needs it: renewing ahead is off'
        )}
      </DescriptionItem>
      {failing_since ? (
        <DescriptionItem term="Failing since">
          <RelativeTime value={failing_since} />
        </DescriptionItem>
      ) : null}
      {refused_error ? (
        <DescriptionItem term="Refused by the service">
          <code className="min-w-0 font-mono text-xs">{refused_error}</code>
        </DescriptionItem>
      ) : null}
      {refresh_expires_at ? (
        <DescriptionItem term="Refresh token ends">
          <RelativeTime value={refresh_expires_at} />
        </DescriptionItem>
      ) : null}
    </DescriptionList>
  )
}

/** What was tried, a page at a time. */
function Renewals({ id }: { id: string }) {
  const [trail, setTrail] = useState<(string | null)[]>([null])
  const cursor = trail.at(-1) ?? null
  const { data, error, isError, isFetching, isPlaceholderData, refetch } = useApi<RenewalList>(
    renewalsPath(id, cursor),
    { preloaded: null, keepPrevious: true, refreshMs: cursor ? undefined : REFRESH_MS / 2 },
  )
  const failure = isError ? (
    <ReadFailure
      what="The renewals"
      unharmed="Tokens are renewed nevertheless."
      error={error}
      stale={Boolean(data)}
      retrying={isFetching}
      onRetry={() => void refetch()}
    />
  ) : null
  if (!data) {
    return (
      failure ?? (
        <div role="status" aria-label="Loading renewals">
          <Skeleton className="h-24 w-full" />
        </div>
      )
    )
  }
  if (data.data.length === 0 && !cursor) {
    return <p className="text-muted-foreground text-sm">Nothing was renewed yet.</p>
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {failure}
      <div className="-mx-5 border-border border-y">
        <RenewalsTable renewals={data.data} busy={isPlaceholderData} />
      </div>
      {cursor || data.next_cursor ? (
        <Pagination
          label="Renewals of the last 90 days, latest first"
          pending={isPlaceholderData}
          onPrevious={cursor ? () => setTrail(trail.slice(0, -1)) : undefined}
          onNext={data.next_cursor ? () => setTrail([...trail, data.next_cursor]) : undefined}
        />
      ) : null}
    </div>
  )
}
