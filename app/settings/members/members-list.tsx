'use client'

import { SearchX } from 'lucide-react'
import { useSearchParams } from 'next/navigation'
import { type ReactNode, useRef } from 'react'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { Pagination } from '@/components/ui/pagination'
import { Table, TableBody } from '@/components/ui/table'
import { pageLabel } from '../data/page-trail'
import { useRecoveredFocus } from '../data/use-recovered-focus'
import { ListSearch } from '../list-search'
import { type ListState, listHref, PAGE_SIZE, parseListState, shownRows } from './list-state'

/** The table of members, searched and turned over in the browser: the page has them all. */
export function MembersList({
  header,
  rows,
}: {
  header: ReactNode
  /** `text`: what a row is found by. */
  rows: { text: string; row: ReactNode }[]
}) {
  const state = parseListState(new URLSearchParams(useSearchParams()))
  const { data, total, page, pages } = shownRows(rows, state)
  const list = useRef<HTMLDivElement>(null)
  const lostFocus = useRecoveredFocus(list)
  // Typing replaces the address: each letter is not a place to go back to. Turning a page is.
  const search = (q: string) => history.replaceState(null, '', listHref({ q, page: 0 }))
  const turn = (to: ListState['page']) => {
    history.pushState(null, '', listHref({ ...state, page: to }))
    list.current?.scrollIntoView({ block: 'start' })
  }
  return (
    <div ref={list} tabIndex={-1} className="scroll-my-5 outline-none">
      {rows.length > PAGE_SIZE || state.q ? (
        <div className="px-5 pt-2 pb-3">
          <ListSearch
            label="Search members"
            placeholder="Search by name, e-mail or role"
            value={state.q}
            onSearch={search}
          />
        </div>
      ) : null}
      {data.length > 0 ? (
        <Table aria-labelledby="members">
          {header}
          <TableBody>{data.map(({ row }) => row)}</TableBody>
        </Table>
      ) : (
        <EmptyState
          icon={<SearchX />}
          title={`No member matches “${state.q}”`}
          description="The search looks at names, e-mail addresses and roles."
          action={
            <Button
              onClick={() => {
                search('')
                lostFocus()
              }}
            >
              Clear search
            </Button>
          }
        />
      )}
      {pages > 1 ? (
        <div className="border-border border-t px-5 py-3">
          <Pagination
            label={pageLabel(page, { data, total }, PAGE_SIZE, 'member')}
            onPrevious={page > 0 ? () => turn(page - 1) : undefined}
            onNext={page < pages - 1 ? () => turn(page + 1) : undefined}
          />
        </div>
      ) : null}
    </div>
  )
}
