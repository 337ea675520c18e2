'use client'

import { ShieldCheck } from 'lucide-react'
import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { useRef, useState } from 'react'
import { Button, buttonVariants } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListPages, turnTo } from '../../data/list-pages'
import type { Preloaded } from '../../data/preloaded'
import { useRecoveredFocus } from '../../data/use-recovered-focus'
import { FindingFilter } from '../../review/finding-filter'
import { foundHref } from '../../review/found-href'
import { useKeepDialog } from '../../review/use-keep-dialog'
import { keepFoundCredentials } from '../actions'
import { type Allowed, useCredentialDialogs } from '../credential-menu'
import { LIST_PATH } from '../list-state'
import { ListSkeleton, ReadFailure } from '../list-states'
import { REVIEW_HREF, reviewPath } from '../paths'
import { useCredentialReview } from '../queries'
import { counted } from '../words'
import { ReviewTable } from './review-table'
import { type CredentialFinding, type CredentialReview, findingNames, isFinding } from './words'

/** Credentials that somebody should look at, to be kept or deleted. */
export function ReviewView({ preloaded, may }: { preloaded: Preloaded<CredentialReview> | null; may: Allowed }) {
  const params = useSearchParams()
  const cursor = params.get('cursor') ?? undefined
  const chosenFinding = params.get('finding')
  const finding = isFinding(chosenFinding) ? chosenFinding : null
  const base = foundHref(REVIEW_HREF, finding)
  const region = useRef<HTMLDivElement>(null)
  const recoverFocus = useRecoveredFocus(region)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  // Of what has left the list, nothing is chosen any more; of the others, all that was.
  function leave(ids: string[]) {
    choose(ids, false)
    recoverFocus()
  }
  const { open, dialog } = useCredentialDialogs({ may, onDeleted: (id) => leave([id]) })
  const { ask: askToKeep, keepDialog } = useKeepDialog<CredentialFinding>(
    (credentials, findings, decision) => keepFoundCredentials({ credentials, findings, ...decision }),
    leave,
  )
  const { data, error, isError, isFetching, isPlaceholderData, refetch } = useCredentialReview(
    reviewPath(finding, cursor),
    preloaded,
  )
  // What is chosen among some is nothing to others.
  const [chosenFor, setChosenFor] = useState(finding)
  if (chosenFor !== finding) {
    setChosenFor(finding)
    setSelected(new Set())
  }
  const choose = (ids: readonly string[], on: boolean) =>
    setSelected((was) => new Set(on ? [...was, ...ids] : [...was].filter((id) => !ids.includes(id))))

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {isError ? (
        <ReadFailure
          error={error}
          stale={Boolean(data)}
          retrying={isFetching}
          onRetry={() => void refetch()}
          startHref={REVIEW_HREF}
        />
      ) : null}
      {data ? (
        <>
          <FindingFilter
            base={REVIEW_HREF}
            names={findingNames}
            counts={data.counts}
            all={data.all}
            finding={finding}
          />
          {may.update && finding && data.total > 0 ? (
            <div className="flex flex-wrap items-center justify-between gap-2">
              <p aria-live="polite" className="text-sm tabular-nums">
                {selected.size === 0 ? 'Nothing selected' : `${counted(selected.size, 'credential')} selected`}
              </p>
              <Button
                aria-haspopup="dialog"
                disabled={selected.size === 0}
                onClick={() =>
                  askToKeep({ ids: [...selected], findings: [finding], what: counted(selected.size, 'credential') })
                }
              >
                Keep {selected.size === 0 ? 'selected credentials' : counted(selected.size, 'credential')}
              </Button>
            </div>
          ) : null}
          <Card ref={region} tabIndex={-1} aria-label="Credentials to review" className="outline-none">
            {data.total === 0 ? (
              <NothingToReview finding={finding} />
            ) : (
              <ReviewTable
                items={data.data}
                busy={isPlaceholderData}
                selected={selected}
                onSelect={may.update && finding ? choose : undefined}
                onKeep={
                  may.update
                    ? ({ credential, findings }) =>
                        askToKeep({
                          ids: [credential.id],
                          findings: findings.map((one) => one.finding),
                          what: `“${credential.name}”`,
                        })
                    : undefined
                }
                onDelete={may.delete ? ({ credential }) => open({ kind: 'delete', credential }) : undefined}
              />
            )}
          </Card>
          {data.total > 0 ? (
            <ListPages
              view="review of credentials"
              list={base}
              cursor={cursor}
              next={data.next_cursor}
              label={() => counted(data.total, 'credential')}
              busy={isPlaceholderData}
              onTurn={(to) => turnTo(foundHref(REVIEW_HREF, finding, to ? { cursor: to } : {}))}
            />
          ) : null}
        </>
      ) : isError ? null : (
        <ListSkeleton />
      )}
      {dialog}
      {keepDialog}
    </div>
  )
}

function NothingToReview({ finding }: { finding: CredentialFinding | null }) {
  return (
    <EmptyState
      icon={<ShieldCheck />}
      title="Nothing to review"
      description={
        finding
          ? 'Nothing of this kind is found about any credential.'
          : 'Each credential works, is used, and was made by somebody who is still here.'
      }
      action={
        <Link href={LIST_PATH} className={buttonVariants()}>
          Back to Credentials
        </Link>
      }
    />
  )
}
