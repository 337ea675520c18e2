/** Which pages of a list were walked through, so that one can walk back: a cursor leads forwards only. */
export interface PageTrail {
  /** The list (search, filters, order) that it belongs to. */
  list: string
  /** The cursors of the pages, in order; the first page has none. */
  cursors: readonly string[]
  /** Whether the first cursor is page 2's; otherwise one came to it by a link, and its number is unknown. */
  fromStart: boolean
}

export const emptyTrail: PageTrail = { list: '', cursors: [], fromStart: true }

/** Where a page stands. */
export interface PagePlace {
  /** Its number, counted from 0; null: unknown. */
  index: number | null
  /** The cursor of the page before; null: the first page, also where it is not known. */
  previous: string | null
}

/** @param cursor of the page that is shown; undefined: the first */
export function placeOf(trail: PageTrail, list: string, cursor: string | undefined): PagePlace {
  if (cursor === undefined) return { index: 0, previous: null }
  const at = trail.list === list ? trail.cursors.indexOf(cursor) : -1
  if (at === -1) return { index: null, previous: null }
  return { index: trail.fromStart ? at + 1 : null, previous: trail.cursors[at - 1] ?? null }
}

/** The trail after a step from the page at `cursor` to the one at `next`. */
export function stepped(trail: PageTrail, list: string, cursor: string | undefined, next: string): PageTrail {
  if (cursor === undefined) return { list, cursors: [next], fromStart: true }
  const at = trail.list === list ? trail.cursors.indexOf(cursor) : -1
  if (at === -1) return { list, cursors: [cursor, next], fromStart: false }
  return { ...trail, cursors: [...trail.cursors.slice(0, at + 1), next] }
}

/** "26–50 of 1,204 keys"; of a page whose number is unknown, and of the only one, "1,204 keys". */
export function pageLabel(
  index: number | null,
  { data, total }: { data: readonly unknown[]; total: number },
  pageSize: number,
  noun: string,
): string {
  const all = `${total.toLocaleString('en')} ${noun}${total === 1 ? '' : 's'}`
  if (index === null || (index === 0 && data.length === total)) return all
  const first = index * pageSize
  return `${(first + 1).toLocaleString('en')}–${(first + data.length).toLocaleString('en')} of ${all}`
}
