'use client'

import { useSearchParams } from 'next/navigation'
import { lazy, Suspense, useMemo, useRef } from 'react'
import { Card } from '@/components/ui/card'
import { ListPages, turnTo } from '../data/list-pages'
import { pageLabel } from '../data/page-trail'
import type { Preloaded } from '../data/preloaded'
import { useRecoveredFocus } from '../data/use-recovered-focus'
import { FoundBanner } from '../review/banner'
import { ListLinks } from '../review/list-links'
import { type Allowed, CredentialMenu, useCredentialDialogs } from './credential-menu'
import { CredentialsTable } from './credentials-table'
import { CredentialsToolbar } from './credentials-toolbar'
import { DraftsNotice } from './drafts-notice'
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
import { ListSkeleton, ReadFailure } from './list-states'
import { EXPORT_HREF, listPath, REVIEW_HREF } from './paths'
import { useCredentialList, useReviewCounts } from './queries'
import { type CredentialReview, findingNames } from './review/words'
import { type CredentialList, counted, type DraftList, type ProviderMarks } from './words'

// Few lists are without any row: their pages need not load what then stands there.
const loadEmpty = () => import('./empty-states')
const NoCredentials = lazy(async () => ({ default: (await loadEmpty()).NoCredentials }))
const NoResult = lazy(async () => ({ default: (await loadEmpty()).NoResult }))

/** The list of credentials. Its state is its address; the first page comes with the page itself. */
export function CredentialsView({
  preloaded,
  preloadedDrafts,
  preloadedReview,
  marks,
  may,
}: {
  preloaded: Preloaded<CredentialList> | null
  preloadedDrafts: Preloaded<DraftList> | null
  preloadedReview: Preloaded<CredentialReview> | null
  marks: ProviderMarks
  may: Allowed
}) {
  const params = useSearchParams()
  const state = useMemo(() => parseListState(new URLSearchParams(params)), [params])
  const { data, error, isError, isFetching, isPlaceholderData, refetch } = useCredentialList(listPath(state), preloaded)
  const region = useRef<HTMLDivElement>(null)
  const recoverFocus = useRecoveredFocus(region)
  const { open, dialog } = useCredentialDialogs({ may, onDeleted: recoverFocus })
  const isEmpty = data?.total === 0 && !isPlaceholderData && !isFiltered(state)

  const found = useReviewCounts(preloadedReview)

  // Typing and filtering replace the address: each letter is not a place to go back to. Turning a page is.
  const show = (next: ListState) => history.replaceState(null, '', listHref(next))

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {found && found.all > 0 ? (
        <FoundBanner
          title={`${counted(found.all, 'credential')} to review`}
          href={REVIEW_HREF}
          names={findingNames}
          counts={found.counts}
        />
      ) : null}
      <DraftsNotice preloaded={preloadedDrafts} marks={marks} may={may} onDiscarded={recoverFocus} />
      {isEmpty ? null : <CredentialsToolbar state={state} onChange={show} />}
      {isError ? (
        <ReadFailure
          error={error}
          stale={Boolean(data)}
          retrying={isFetching}
          onRetry={() => void refetch()}
          startHref={LIST_PATH}
        />
      ) : null}
      {data ? (
        <>
          <Card ref={region} tabIndex={-1} aria-label="Credentials" className="outline-none">
            {data.total > 0 ? (
              <CredentialsTable
                credentials={data.data}
                marks={marks}
                state={state}
                onSort={show}
                busy={isPlaceholderData}
                renderMenu={(credential) => <CredentialMenu credential={credential} may={may} onOpen={open} />}
              />
            ) : (
              <Suspense>
                {isEmpty ? (
                  <NoCredentials mayCreate={may.create} />
                ) : (
                  <NoResult searched={state.q} onClear={() => show({ ...defaultState, sort: state.sort })} />
                )}
              </Suspense>
            )}
          </Card>
          {data.total > 0 ? (
            <ListPages
              view="credentials"
              list={listHref(changed(state, {}))}
              cursor={state.cursor}
              next={data.next_cursor}
              label={(index) => pageLabel(index, data, PAGE_SIZE, 'credential')}
              busy={isPlaceholderData}
              onTurn={(to) => turnTo(listHref({ ...changed(state, {}), ...(to ? { cursor: to } : {}) }))}
            />
          ) : null}
          {isEmpty ? null : (
            <ListLinks
              exportHref={EXPORT_HREF}
              reviewHref={found && found.all > 0 ? undefined : REVIEW_HREF}
              what="credentials"
            />
          )}
        </>
      ) : isError ? null : (
        <ListSkeleton />
      )}
      {dialog}
    </div>
  )
}
