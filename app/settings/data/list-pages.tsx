'use client'

import { Pagination } from '@/components/ui/pagination'
import { emptyTrail, type PageTrail, placeOf, stepped } from './page-trail'

/** By view: they survive going to one of its rows and back. Only ever written in the browser. */
const trails = new Map<string, PageTrail>()

/** Steps through the pages of a list, and knows the way back. */
export function ListPages({
  view,
  list,
  cursor,
  next,
  label,
  busy,
  onTurn,
}: {
  /** Name of the view, which shows one list at a time. */
  view: string
  /** What tells this list from others of the view, such as its search and filters. */
  list: string
  /** Of the page that is shown; undefined: the first. */
  cursor: string | undefined
  /** Of the page after it; null: there is none. */
  next: string | null
  /** Says where one is; without a number where that is not known. */
  label: (index: number | null) => string
  busy: boolean
  /** @param cursor null: the first page */
  onTurn: (cursor: string | null) => void
}) {
  const trail = trails.get(view) ?? emptyTrail
  const { index, previous } = placeOf(trail, list, cursor)
  return (
    <Pagination
      label={label(index)}
      pending={busy}
      onPrevious={cursor ? () => onTurn(previous) : undefined}
      onNext={
        next
          ? () => {
              trails.set(view, stepped(trail, list, cursor, next))
              onTurn(next)
            }
          : undefined
      }
    />
  )
}

/** Shows another page of a list that fills its view. */
export function turnTo(href: string): void {
  history.pushState(null, '', href)
  window.scrollTo({ top: 0 })
}
