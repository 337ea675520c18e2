'use client'

import { useEffect, useRef } from 'react'
import { Button, buttonVariants } from '@/components/ui/button'
import { Card, CardContent } from '@/components/ui/card'
import { DownloadLink } from '../../data/download-link'
import type { Preloaded } from '../../data/preloaded'
import { ListFailure } from '../list-states'
import { bulkRevocationPath, reportHref } from '../paths'
import { useKeysChanged, useRevocationProgress } from '../queries'
import { counted, countText, type RevocationProgress } from '../words'

/** How far a bulk revocation is. It goes on whether or not anybody watches. */
export function RevocationProgressCard({
  id,
  preloaded,
  onDismiss,
}: {
  id: string
  preloaded: Preloaded<RevocationProgress> | null
  onDismiss: () => void
}) {
  const { data, error, isError, isFetching, refetch } = useRevocationProgress(id, preloaded)
  const keysChanged = useKeysChanged()
  const finished = Boolean(data?.finished_at)
  // A page that was made when all was done has read the keys as they are. Otherwise they are read again, also when the
  // first answer says already that it is finished.
  const isUpToDate = useRef(preloaded?.path === bulkRevocationPath(id) && Boolean(preloaded.answer.finished_at))
  useEffect(() => {
    if (!finished || isUpToDate.current) return
    isUpToDate.current = true
    keysChanged()
  })

  if (!data) {
    return isError ? (
      <ListFailure error={error} stale={false} retrying={isFetching} onRetry={() => void refetch()} />
    ) : null
  }
  const skipped = skippedText(data)
  return (
    <Card aria-label="Revocation">
      <CardContent className="grid gap-3 pt-4">
        <div className="flex flex-wrap items-start justify-between gap-3">
          <div className="grid gap-0.5">
            <h2 className="font-semibold text-base">
              {finished ? `${counted(data.revoked, 'key')} revoked` : `Revoking ${counted(data.total, 'key')}`}
            </h2>
            <p className="text-muted-foreground text-sm">
              {finished
                ? (skipped ?? `${data.total === 1 ? 'It is not' : 'None of them is'} accepted any more.`)
                : `${countText(data.done)} done. You can leave this page: it goes on by itself.`}
            </p>
          </div>
          {finished ? (
            <div className="flex flex-wrap gap-2">
              <DownloadLink href={reportHref(id)} className={buttonVariants()}>
                Report (CSV)
              </DownloadLink>
              <Button onClick={onDismiss}>Done</Button>
            </div>
          ) : null}
        </div>
        <progress
          aria-label="Keys revoked"
          value={data.done}
          max={data.total}
          className="h-1.5 w-full appearance-none overflow-hidden rounded-full bg-muted [&::-moz-progress-bar]:bg-foreground [&::-webkit-progress-bar]:bg-muted [&::-webkit-progress-value]:bg-foreground"
        />
        <p role="status" className="sr-only">
          {finished ? `${counted(data.revoked, 'key')} revoked` : ''}
        </p>
      </CardContent>
    </Card>
  )
}

/** What became of those that were not revoked; null: there are none. */
function skippedText({ done, revoked, outcomes }: RevocationProgress): string | null {
  if (done === revoked) return null
  const parts = [
    outcomes.used_meanwhile > 0 ? `${countText(outcomes.used_meanwhile)} used since you asked` : null,
    outcomes.revoked_before > 0 ? `${countText(outcomes.revoked_before)} revoked before` : null,
    outcomes.not_found > 0 ? `${countText(outcomes.not_found)} not there any more` : null,
    outcomes.not_allowed > 0
      ? `${countText(outcomes.not_allowed)} not reached before whoever asked lost the right to revoke keys`
      : null,
  ].filter((part) => part !== null)
  return `${counted(done - revoked, 'key')} left alone: ${parts.join(', ')}.`
}
