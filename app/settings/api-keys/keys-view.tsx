'use client'

import { useSearchParams } from 'next/navigation'
import { useMemo, useRef } from 'react'
import { Card } from '@/components/ui/card'
import { Pagination } from '@/components/ui/pagination'
import { emptyTrail, type PageTrail, placeOf, stepped } from '../data/page-trail'
import type { Preloaded } from '../data/preloaded'
import { useRecoveredFocus } from '../data/use-recovered-focus'
import { ExportLinks } from '../review/export-links'
import { KeyMenu, useKeyDialogs } from './key-menu'
import { KeysTable } from './keys-table'
import { KeysToolbar } from './keys-toolbar'
import {
  changed,
  defaultState,
  isFiltered,
  LIST_PATH,
  type ListState,
  listHref,
  PAGE_SIZE,
  parseListState,
} from './list-state'
import { ListFailure, ListSkeleton, NoKeys, NoResult } from './list-states'
import { EXPORT_HREF, listPath } from './paths'
import { useHasEndedKeys, useKeyList, useReviewCounts } from './queries'
import type { KeyReview } from './review/words'
import { ReviewBanner } from './review-banner'
import { counted, countText, type KeyList } from './words'

/** The list of API keys. Its state is its address; the first page comes with the page itself. */
export function KeysView({
  preloaded,
  preloadedReview,
  mayCreate,
  mayManage,
}: {
  preloaded: Preloaded<KeyList> | null
  preloadedReview: Preloaded<KeyReview> | null
  mayCreate: boolean
  mayManage: boolean
}) {
  const params = useSearchParams()
  const state = useMemo(() => parseListState(new URLSearchParams(params)), [params])
  const { data, error, isError, isFetching, isPlaceholderData, refetch } = useKeyList(listPath(state), preloaded)
  const region = useRef<HTMLDivElement>(null)
  const { open, dialog } = useKeyDialogs({ onRevoked: useRecoveredFocus(region) })
  const isEmpty = data?.total === 0 && !isPlaceholderData && !isFiltered(state)
  const hasEnded = useHasEndedKeys(isEmpty)
  const found = useReviewCounts(preloadedReview)

  // Typing and filtering replace the address: each letter is not a place to go back to. Turning a page is.
  const show = (next: ListState) => history.replaceState(null, '', listHref(next))

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {found ? <ReviewBanner found={found} /> : null}
      {isEmpty ? null : <KeysToolbar state={state} onChange={show} />}
      {isError ? (
        <ListFailure
          error={error}
          stale={Boolean(data)}
          retrying={isFetching}
          onRetry={() => void refetch()}
          startHref={LIST_PATH}
        />
      ) : null}
      {data ? (
        <>
          <Card ref={region} tabIndex={-1} aria-label="API keys" className="outline-none">
            {data.total > 0 ? (
              <KeysTable
                keys={data.data}
                state={state}
                onSort={show}
                busy={isPlaceholderData}
                renderMenu={mayManage ? (key) => <KeyMenu apiKey={key} onOpen={open} /> : undefined}
              />
            ) : isEmpty ? (
              <NoKeys
                mayCreate={mayCreate}
                hasEnded={hasEnded}
                onShowAll={() => show(changed(state, { status: 'all' }))}
              />
            ) : (
              <NoResult
                searched={state.q}
                onClear={() => show({ ...defaultState, sort: state.sort, order: state.order })}
              />
            )}
          </Card>
          {data.total > 0 ? <Pages state={state} page={data} busy={isPlaceholderData} /> : null}
          {isEmpty ? null : <ExportLinks href={EXPORT_HREF} what="keys" />}
        </>
      ) : isError ? null : (
        <ListSkeleton />
      )}
      {dialog}
    </div>
  )
}

/** Survives going to a key and back; only ever written in the browser. */
let trail: PageTrail = emptyTrail

function Pages({ state, page, busy }: { state: ListState; page: KeyList; busy: boolean }) {
  const list = listHref(changed(state, {}))
  const place = placeOf(trail, list, state.cursor)
  const turnTo = (cursor: string | null | undefined) => {
    const { cursor: _, ...first } = state
    history.pushState(null, '', listHref(cursor ? { ...first, cursor } : first))
    window.scrollTo({ top: 0 })
  }
  const next = page.next_cursor
  return (
    <Pagination
      label={pageLabel(place.index, page)}
      pending={busy}
      onPrevious={state.cursor ? () => turnTo(place.previous) : undefined}
      onNext={
        next
          ? () => {
              trail = stepped(trail, list, state.cursor, next)
              turnTo(next)
            }
          : undefined
      }
    />
  )
}

function pageLabel(index: number | null, { data, total }: KeyList): string {
  if (index === null || (index === 0 && data.length === total)) return counted(total, 'key')
  const first = index * PAGE_SIZE
  return `${countText(first + 1)}–${countText(first + data.length)} of ${counted(total, 'key')}`
}
