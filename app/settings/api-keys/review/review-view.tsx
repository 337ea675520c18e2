'use client'

import { ShieldCheck } from 'lucide-react'
import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { lazy, Suspense, useRef, useState } from 'react'
import { Button, buttonVariants } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListPages, turnTo } from '../../data/list-pages'
import type { Preloaded } from '../../data/preloaded'
import { useRecoveredFocus } from '../../data/use-recovered-focus'
import { FindingFilter } from '../../review/finding-filter'
import { foundHref } from '../../review/found-href'
import { useKeepDialog } from '../../review/use-keep-dialog'
import { keepFoundKeys } from '../actions'
import { useKeyDialogs } from '../key-menu'
import { LIST_PATH } from '../list-state'
import { ListFailure, ListSkeleton } from '../list-states'
import { REVIEW_HREF, reviewPath } from '../paths'
import { useKeyReview } from '../queries'
import { counted, countText, type RevocationProgress } from '../words'
import { ReviewTable } from './review-table'
import { RevocationProgressCard } from './revocation-progress'
import { countSelected, everything, forget, nothing, type Selection, select } from './selection'
import { findingNames, isFinding, type KeyFinding, type KeyReview } from './words'

const load = () => import('./revoke-selected-dialog')
const RevokeSelectedDialog = lazy(load)

/** The most that are kept in one go, as the server has it. */
const MOST_KEPT = 1_000
/** The most keys that are revoked in one go, as the server has it. */
const LIMIT = 10_000

/** Keys that somebody should look at, to be kept or revoked, one by one or in one go. */
export function ReviewView({
  preloaded,
  preloadedProgress,
  openRevocation,
  mayManage,
}: {
  preloaded: Preloaded<KeyReview> | null
  preloadedProgress: Preloaded<RevocationProgress> | null
  /** A bulk revocation that is going on, whoever asked for it. */
  openRevocation: string | null
  mayManage: boolean
}) {
  const params = useSearchParams()
  const cursor = params.get('cursor') ?? undefined
  const chosenFinding = params.get('finding')
  const finding = isFinding(chosenFinding) ? chosenFinding : null
  const [dismissed, setDismissed] = useState<string | null>(null)
  const revocation = params.get('revocation') ?? (openRevocation === dismissed ? null : openRevocation)
  // In every address of this page: its card has the only link to the report.
  const kept = revocation ? { revocation } : {}
  const { data, error, isError, isFetching, isPlaceholderData, refetch } = useKeyReview(
    reviewPath(finding, cursor),
    preloaded,
  )
  const [selection, setSelection] = useState<Selection>(nothing)
  // As the list was when it was asked for, though it is read again meanwhile: nobody agrees to keys that they have not seen.
  const [asking, setAsking] = useState<{ count: number; fingerprint: string } | null>(null)
  const region = useRef<HTMLDivElement>(null)
  const recoverFocus = useRecoveredFocus(region)
  // Of what has left the list, nothing is chosen any more; of the others, all that was.
  function leave(ids: string[]) {
    setSelection((was) => forget(was, ids))
    recoverFocus()
  }
  const { ask: askToKeep, keepDialog } = useKeepDialog<KeyFinding>(
    (keys, findings, decision) => keepFoundKeys({ keys, findings, ...decision }),
    leave,
  )
  const { open, dialog } = useKeyDialogs({ onRevoked: (id) => leave([id]) })
  // What is chosen among some keys is nothing to others.
  const [chosenFor, setChosenFor] = useState(finding)
  if (chosenFor !== finding) {
    setChosenFor(finding)
    setSelection(nothing)
  }

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {revocation ? (
        <RevocationProgressCard
          key={revocation}
          id={revocation}
          preloaded={preloadedProgress}
          onDismiss={() => {
            setDismissed(revocation)
            history.replaceState(null, '', foundHref(REVIEW_HREF, finding, cursor ? { cursor } : {}))
          }}
        />
      ) : null}
      {isError ? (
        <ListFailure
          error={error}
          stale={Boolean(data)}
          retrying={isFetching}
          onRetry={() => void refetch()}
          startHref={foundHref(REVIEW_HREF, null, kept)}
        />
      ) : null}
      {!data ? (
        isError ? null : (
          <ListSkeleton />
        )
      ) : (
        <>
          <FindingFilter
            base={REVIEW_HREF}
            names={findingNames}
            counts={data.counts}
            all={data.all}
            finding={finding}
            kept={kept}
          />
          {mayManage && data.total > 0 ? (
            <SelectionBar
              selection={selection}
              page={data}
              onChange={setSelection}
              onRevoke={() =>
                setAsking({
                  count: countSelected(selection, data.total, LIMIT),
                  fingerprint: data.fingerprint ?? '',
                })
              }
              onKeep={
                finding && selection.kind === 'some' && selection.ids.size <= MOST_KEPT
                  ? () =>
                      askToKeep({
                        ids: [...selection.ids],
                        findings: [finding],
                        what: counted(selection.ids.size, 'key'),
                      })
                  : undefined
              }
              onNear={() => void load()}
            />
          ) : null}
          <Card ref={region} tabIndex={-1} aria-label="Keys to review" className="outline-none">
            {data.total === 0 ? (
              <NothingToReview finding={finding} />
            ) : (
              <ReviewTable
                items={data.data}
                selection={selection}
                onKeep={
                  mayManage
                    ? ({ key, findings }) =>
                        askToKeep({
                          ids: [key.id],
                          findings: findings.map((one) => one.finding),
                          what: `“${key.name}”`,
                        })
                    : undefined
                }
                onRevoke={mayManage ? ({ key }) => open({ kind: 'revoke', apiKey: key }) : undefined}
                busy={isPlaceholderData}
                onSelect={mayManage ? (ids, on) => setSelection((was) => select(was, ids, on)) : undefined}
              />
            )}
          </Card>
          {data.total > 0 ? (
            <ListPages
              view="review of keys"
              list={foundHref(REVIEW_HREF, finding)}
              cursor={cursor}
              next={data.next_cursor}
              label={() => counted(data.total, 'key')}
              busy={isPlaceholderData}
              onTurn={(to) => turnTo(foundHref(REVIEW_HREF, finding, { ...kept, ...(to ? { cursor: to } : {}) }))}
            />
          ) : null}
        </>
      )}
      {dialog}
      {keepDialog}
      {asking ? (
        <Suspense>
          <RevokeSelectedDialog
            selection={selection}
            finding={finding}
            {...asking}
            onClose={() => setAsking(null)}
            onRequested={(id) => {
              setAsking(null)
              setSelection(nothing)
              recoverFocus()
              history.pushState(null, '', foundHref(REVIEW_HREF, finding, { revocation: id }))
            }}
          />
        </Suspense>
      ) : null}
    </div>
  )
}

/** How many are chosen, how to choose all, and what to do with them. */
function SelectionBar({
  selection,
  page,
  onChange,
  onRevoke,
  onKeep,
  onNear,
}: {
  selection: Selection
  page: KeyReview
  onChange: (selection: Selection) => void
  onRevoke: () => void
  /** Absent: they are too many, or of several findings. */
  onKeep?: (() => void) | undefined
  onNear: () => void
}) {
  const count = countSelected(selection, page.total, LIMIT)
  const most = Math.min(page.total, LIMIT)
  return (
    <div className="sticky top-14 z-10 flex flex-wrap items-center justify-between gap-2 bg-background py-2">
      <div className="flex flex-wrap items-center gap-2">
        <p aria-live="polite" className="text-sm tabular-nums">
          {count === 0 ? 'Nothing selected' : `${countText(count)} of ${counted(page.total, 'key')} selected`}
        </p>
        {count < most ? (
          <Button size="sm" onClick={() => onChange(everything)}>
            {page.total > LIMIT ? `Select the first ${countText(LIMIT)}` : `Select all ${countText(page.total)}`}
          </Button>
        ) : null}
        {count > 0 ? (
          <Button size="sm" variant="ghost" onClick={() => onChange(nothing)}>
            Clear
          </Button>
        ) : null}
      </div>
      <div className="flex flex-wrap gap-2">
        {onKeep ? (
          <Button aria-haspopup="dialog" disabled={count === 0} onClick={onKeep}>
            Keep {count === 0 ? 'selected keys' : counted(count, 'key')}
          </Button>
        ) : null}
        <Button
          variant="danger"
          aria-haspopup="dialog"
          disabled={count === 0}
          onClick={onRevoke}
          onPointerEnter={onNear}
          onFocus={onNear}
        >
          Revoke {count === 0 ? 'selected keys' : counted(count, 'key')}
        </Button>
      </div>
    </div>
  )
}

function NothingToReview({ finding }: { finding: KeyFinding | null }) {
  return (
    <EmptyState
      icon={<ShieldCheck />}
      title="Nothing to review"
      description={
        finding
          ? 'Nothing of this kind is found about any key.'
          : 'Each key is used, for all that it may do, ends some day, and was made by somebody who is still here.'
      }
      action={
        <Link href={LIST_PATH} className={buttonVariants()}>
          Back to API Keys
        </Link>
      }
    />
  )
}
