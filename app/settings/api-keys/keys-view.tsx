'use client'

import { useSearchParams } from 'next/navigation'
import { lazy, Suspense, useMemo, useRef } from 'react'
import { Card } from '@/components/ui/card'
import { ListPages, turnTo } from '../data/list-pages'
import { pageLabel } from '../data/page-trail'
import type { Preloaded } from '../data/preloaded'
import { useRecoveredFocus } from '../data/use-recovered-focus'
import { ListLinks } from '../review/list-links'
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
import { ListFailure, ListSkeleton } from './list-states'
import { EXPORT_HREF, listPath, REVIEW_HREF } from './paths'
import { useHasEndedKeys, useKeyList, useReviewCounts } from './queries'
import type { KeyReview } from './review/words'
import { asksForReview, ReviewBanner } from './review-banner'
import type { KeyList } from './words'

// Few lists are without any row: their pages need not load what then stands there.
const loadEmpty = () => import('./empty-states')
const NoKeys = lazy(async () => ({ default: (await loadEmpty()).NoKeys }))
const NoResult = lazy(async () => ({ default: (await loadEmpty()).NoResult }))

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
  const isUrgent = found !== undefined && asksForReview(found)

  // Typing and filtering replace the address: each letter is not a place to go back to. Turning a page is.
  const show = (next: ListState) => history.replaceState(null, '', listHref(next))

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {found && isUrgent ? <ReviewBanner found={found} /> : null}
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
            ) : (
              <Suspense>
                {isEmpty ? (
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
              </Suspense>
            )}
          </Card>
          {data.total > 0 ? (
            <ListPages
              view="keys"
              list={listHref(changed(state, {}))}
              cursor={state.cursor}
              next={data.next_cursor}
              label={(index) => pageLabel(index, data, PAGE_SIZE, 'key')}
              busy={isPlaceholderData}
              onTurn={(to) => turnTo(listHref({ ...changed(state, {}), ...(to ? { cursor: to } : {}) }))}
            />
          ) : null}
          {isEmpty ? null : (
            <ListLinks exportHref={EXPORT_HREF} reviewHref={isUrgent ? undefined : REVIEW_HREF} what="keys" />
          )}
        </>
      ) : isError ? null : (
        <ListSkeleton />
      )}
      {dialog}
    </div>
  )
}
