'use client'

import { ShieldCheck } from 'lucide-react'
import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { lazy, Suspense, useState } from 'react'
import { Button, buttonVariants } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { Pagination } from '@/components/ui/pagination'
import { emptyTrail, type PageTrail, placeOf, stepped } from '../../data/page-trail'
import type { Preloaded } from '../../data/preloaded'
import { LIST_PATH } from '../list-state'
import { ListFailure, ListSkeleton } from '../list-states'
import { REVIEW_HREF, reviewPath } from '../paths'
import { useKeyList } from '../queries'
import { counted, countText, type KeyList, type RevocationProgress } from '../words'
import { ReviewTable } from './review-table'
import { RevocationProgressCard } from './revocation-progress'
import { countSelected, everything, nothing, type Selection, select } from './selection'

const load = () => import('./revoke-selected-dialog')
const RevokeSelectedDialog = lazy(load)

/** The most keys that are revoked in one go, as the server has it. */
const LIMIT = 10_000

/** Keys that nobody seems to need any more, to be revoked in one go. */
export function ReviewView({
  preloaded,
  preloadedProgress,
  openRevocation,
  mayManage,
}: {
  preloaded: Preloaded<KeyList> | null
  preloadedProgress: Preloaded<RevocationProgress> | null
  /** A bulk revocation that is going on, whoever asked for it. */
  openRevocation: string | null
  mayManage: boolean
}) {
  const params = useSearchParams()
  const cursor = params.get('cursor') ?? undefined
  const [dismissed, setDismissed] = useState<string | null>(null)
  const revocation = params.get('revocation') ?? (openRevocation === dismissed ? null : openRevocation)
  const { data, error, isError, isFetching, isPlaceholderData, refetch } = useKeyList(reviewPath(cursor), preloaded)
  const [selection, setSelection] = useState<Selection>(nothing)
  const [asking, setAsking] = useState(false)

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {revocation ? (
        <RevocationProgressCard
          key={revocation}
          id={revocation}
          preloaded={preloadedProgress}
          onDismiss={() => {
            setDismissed(revocation)
            history.replaceState(null, '', REVIEW_HREF)
          }}
        />
      ) : null}
      {isError ? (
        <ListFailure
          error={error}
          stale={Boolean(data)}
          retrying={isFetching}
          onRetry={() => void refetch()}
          startHref={REVIEW_HREF}
        />
      ) : null}
      {!data ? (
        isError ? null : (
          <ListSkeleton />
        )
      ) : data.total === 0 ? (
        <Card>
          <NothingToReview />
        </Card>
      ) : (
        <>
          {mayManage ? (
            <SelectionBar
              selection={selection}
              page={data}
              onChange={setSelection}
              onRevoke={() => setAsking(true)}
              onNear={() => void load()}
            />
          ) : null}
          <Card>
            <ReviewTable
              keys={data.data}
              selection={selection}
              busy={isPlaceholderData}
              onSelect={mayManage ? (ids, on) => setSelection((was) => select(was, ids, on)) : undefined}
            />
          </Card>
          <Pages page={data} cursor={cursor} busy={isPlaceholderData} />
        </>
      )}
      {asking && data ? (
        <Suspense>
          <RevokeSelectedDialog
            selection={selection}
            count={countSelected(selection, data.total, LIMIT)}
            onClose={() => setAsking(false)}
            onRequested={(id) => {
              setAsking(false)
              setSelection(nothing)
              history.pushState(null, '', `${REVIEW_HREF}?revocation=${id}`)
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
  onNear,
}: {
  selection: Selection
  page: KeyList
  onChange: (selection: Selection) => void
  onRevoke: () => void
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
            {page.total > LIMIT
              ? `Select the ${countText(LIMIT)} longest unused`
              : `Select all ${countText(page.total)}`}
          </Button>
        ) : null}
        {count > 0 ? (
          <Button size="sm" variant="ghost" onClick={() => onChange(nothing)}>
            Clear
          </Button>
        ) : null}
      </div>
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
  )
}

function NothingToReview() {
  return (
    <EmptyState
      icon={<ShieldCheck />}
      title="Nothing to review"
      description="Every active key has been used in the last 90 days, or is younger than 30 days."
      action={
        <Link href={LIST_PATH} className={buttonVariants()}>
          Back to API Keys
        </Link>
      }
    />
  )
}

/** Survives going to a key and back; only ever written in the browser. */
let trail: PageTrail = emptyTrail

function Pages({ page, cursor, busy }: { page: KeyList; cursor: string | undefined; busy: boolean }) {
  const place = placeOf(trail, REVIEW_HREF, cursor)
  const turnTo = (to: string | null) => {
    history.pushState(null, '', to ? `${REVIEW_HREF}?cursor=${encodeURIComponent(to)}` : REVIEW_HREF)
    window.scrollTo({ top: 0 })
  }
  const next = page.next_cursor
  return (
    <Pagination
      label={counted(page.total, 'key')}
      pending={busy}
      onPrevious={cursor ? () => turnTo(place.previous) : undefined}
      onNext={
        next
          ? () => {
              trail = stepped(trail, REVIEW_HREF, cursor, next)
              turnTo(next)
            }
          : undefined
      }
    />
  )
}
