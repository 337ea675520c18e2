'use client'

import { useSearchParams } from 'next/navigation'
import { lazy, Suspense, useMemo, useRef } from 'react'
import { Card } from '@/components/ui/card'
import { ListPages, turnTo } from '../data/list-pages'
import { pageLabel } from '../data/page-trail'
import type { Preloaded } from '../data/preloaded'
import { ProblemBanner } from '../data/problem-banner'
import { useRecoveredFocus } from '../data/use-recovered-focus'
import { ListLinks } from '../review/list-links'
import { IntegrationMenu } from './integration-menu'
import { IntegrationsTable } from './integrations-table'
import { IntegrationsToolbar } from './integrations-toolbar'
import {
  changed,
  defaultState,
  isFiltered,
  type ListState,
  listHref,
  listPath,
  PAGE_SIZE,
  parseListState,
} from './list-state'
import { ListSkeleton } from './list-states'
import type { May } from './may'
import { EXPORT_HREF, LIST_PATH } from './paths'
import { useHasCredentials, useIntegrationList } from './queries'
import { ReadFailure } from './read-failure'
import { useChangeState } from './use-change-state'
import { useDeleteDialog } from './use-delete-dialog'
import type { CredentialList, IntegrationList } from './words'

// Few lists are without any row: their pages need not load what then stands there.
const loadEmpty = () => import('./empty-states')
const NoIntegrations = lazy(async () => ({ default: (await loadEmpty()).NoIntegrations }))
const NoResult = lazy(async () => ({ default: (await loadEmpty()).NoResult }))

/** The list of integrations. Its state is its address; the first page comes with the page itself. */
export function IntegrationsView({
  preloaded,
  preloadedCredentials,
  may,
}: {
  preloaded: Preloaded<IntegrationList> | null
  preloadedCredentials: Preloaded<CredentialList> | null
  may: May
}) {
  const params = useSearchParams()
  const state = useMemo(() => parseListState(new URLSearchParams(params)), [params])
  const { data, error, isError, isFetching, isPlaceholderData, refetch } = useIntegrationList(
    listPath(state),
    preloaded,
  )
  const hasCredentials = useHasCredentials(preloadedCredentials)
  const region = useRef<HTMLDivElement>(null)
  const { open, dialog } = useDeleteDialog(useRecoveredFocus(region))
  const { change, problem, passwordDialog } = useChangeState()
  const isEmpty = data?.total === 0 && !isPlaceholderData && !isFiltered(state)

  // Typing and filtering replace the address: each letter is not a place to go back to. Turning a page is.
  const show = (next: ListState) => history.replaceState(null, '', listHref(next))

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {isEmpty ? null : <IntegrationsToolbar state={state} onChange={show} />}
      <ProblemBanner problem={problem} />
      {isError ? (
        <ReadFailure
          what="The integrations"
          error={error}
          stale={Boolean(data)}
          retrying={isFetching}
          onRetry={() => void refetch()}
          startHref={LIST_PATH}
        />
      ) : null}
      {data ? (
        <>
          <Card ref={region} tabIndex={-1} aria-label="Integrations" className="outline-none">
            {data.total > 0 ? (
              <IntegrationsTable
                integrations={data.data}
                state={state}
                onSort={show}
                busy={isPlaceholderData}
                renderMenu={
                  may.update || may.delete
                    ? (integration) => (
                        <IntegrationMenu integration={integration} may={may} onChangeState={change} onDelete={open} />
                      )
                    : undefined
                }
              />
            ) : (
              <Suspense>
                {isEmpty ? (
                  <NoIntegrations mayCreate={may.create} hasCredentials={hasCredentials} />
                ) : (
                  <NoResult searched={state.q} onClear={() => show({ ...defaultState, sort: state.sort })} />
                )}
              </Suspense>
            )}
          </Card>
          {data.total > 0 ? (
            <ListPages
              view="integrations"
              list={listHref(changed(state, {}))}
              cursor={state.cursor}
              next={data.next_cursor}
              label={(index) => pageLabel(index, data, PAGE_SIZE, 'integration')}
              busy={isPlaceholderData}
              onTurn={(to) => turnTo(listHref({ ...changed(state, {}), ...(to ? { cursor: to } : {}) }))}
            />
          ) : null}
          {isEmpty ? null : <ListLinks exportHref={EXPORT_HREF} what="integrations" />}
        </>
      ) : isError ? null : (
        <ListSkeleton />
      )}
      {dialog}
      {passwordDialog}
    </div>
  )
}
