'use client'

import { Button } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { RelativeTime } from '@/components/ui/relative-time'
import { toast } from '@/components/ui/toast'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { rehearseRevoke, stopRehearsing } from '../actions'
import { useRehearsal } from '../queries'
import { type ApiKey, counted } from '../words'
import { RehearsedCalls } from './rehearsed-calls'

/** Tells what a revocation would break, before it breaks it: for a day the key goes on working while calls are listed. */
export default function RehearsalCard({
  apiKey,
  mayManage,
  onRevoke,
  onChanged,
}: {
  apiKey: ApiKey
  mayManage: boolean
  onRevoke: () => void
  onChanged: () => void
}) {
  const { id, name } = apiKey
  const isOn = apiKey.rehearsal !== null
  const { data, isError, isFetching, refetch } = useRehearsal(id, isOn)
  const { run, pending, problem, passwordDialog } = useAction(isOn ? stopRehearsing : rehearseRevoke, () => {
    onChanged()
    toast(isOn ? `The rehearsal for “${name}” is over` : `“${name}” is rehearsed for a day`)
  })
  const works = apiKey.status === 'active' || apiKey.status === 'retiring'
  const rehearsal = data?.rehearsal ?? null
  if (!works && !rehearsal) return null
  const calls = rehearsal?.calls.reduce((sum, one) => sum + one.calls, 0) ?? 0
  return (
    <Card aria-labelledby="rehearsal-title">
      <CardHeader>
        <div className="flex flex-wrap items-start justify-between gap-3">
          <div className="min-w-0 flex-1 basis-72">
            <CardTitle id="rehearsal-title">Rehearse a revoke</CardTitle>
            <CardDescription>
              {isOn && apiKey.rehearsal ? (
                <>
                  The key goes on working. What would have failed is listed, until it ends by itself{' '}
                  <RelativeTime value={apiKey.rehearsal.until} />.
                </>
              ) : works ? (
                'For a day the key goes on working, while each call that would have failed is listed: who, from where, what.'
              ) : (
                'What the rehearsal listed while the key was working: who, from where, what.'
              )}
            </CardDescription>
          </div>
          {mayManage && works ? (
            <div className="flex flex-wrap gap-2">
              <Button size="sm" pending={pending} onClick={() => run(id)}>
                {isOn ? 'Stop the rehearsal' : rehearsal ? 'Rehearse again' : 'Start the rehearsal'}
              </Button>
              {isOn ? (
                <Button size="sm" variant="danger" aria-haspopup="dialog" onClick={onRevoke}>
                  Revoke key
                </Button>
              ) : null}
            </div>
          ) : null}
        </div>
      </CardHeader>
      {problem || isError || rehearsal ? (
        <CardContent className="grid gap-3">
          <ProblemBanner problem={problem} />
          {isError && !data ? (
            <p role="alert" className="flex flex-wrap items-center gap-3 text-sm">
              What it has seen could not be read.
              <Button size="sm" pending={isFetching} onClick={() => void refetch()}>
                Retry
              </Button>
            </p>
          ) : null}
          {rehearsal ? (
            <>
              <p role="status" className="text-sm">
                {calls === 0
                  ? isOn
                    ? 'Nothing has called it yet.'
                    : 'Nothing called it while it was rehearsed.'
                  : `${counted(calls, 'call')} would have failed.`}
              </p>
              {calls > 0 ? <RehearsedCalls calls={rehearsal.calls} /> : null}
            </>
          ) : null}
        </CardContent>
      ) : null}
      {passwordDialog}
    </Card>
  )
}
