import { expect, it } from 'vitest'
import { listHref, PAGE_SIZE, parseListState, shownRows } from './list-state'

const rows = Array.from({ length: 60 }, (_, number) => ({
  text: `Person ${number} person-${number}@example.com Staff`,
}))

it('shows a page of the members, and the last one where there are no longer so many', () => {
  const first = shownRows(rows, { q: '', page: 0 })
  expect([first.data.length, first.total, first.page, first.pages]).toEqual([PAGE_SIZE, 60, 0, 3])
  expect(shownRows(rows, { q: '', page: 2 }).data).toEqual(rows.slice(50))
  expect(shownRows(rows, { q: '', page: 9 })).toMatchObject({ page: 2, data: rows.slice(50) })
  expect(shownRows([], { q: 'nobody', page: 3 })).toEqual({ data: [], total: 0, page: 0, pages: 1 })
})

it.each(['person-59@', 'PERSON 59', 'staff 59'])('finds a member by “%s”', (q) => {
  expect(shownRows(rows, { q, page: 0 }).data).toEqual([rows[59]])
})

it('finds a name without its accents, and with them', () => {
  const [row] = [{ text: 'José Ñandú' }]
  for (const q of ['jose', 'José', 'nandu']) expect(shownRows([row], { q, page: 0 }).data).toEqual([row])
})

it.each([
  ['', { q: '', page: 0 }, ''],
  ['q=hanna&page=3', { q: 'hanna', page: 2 }, '?q=hanna&page=3'],
  ['page=1', { q: '', page: 0 }, ''],
  ['page=-2', { q: '', page: 0 }, ''],
  ['page=x', { q: '', page: 0 }, ''],
  ['page=2.5', { q: '', page: 0 }, ''],
])('reads the address “%s”, and writes it', (search, state, written) => {
  expect(parseListState(new URLSearchParams(search))).toEqual(state)
  expect(listHref(state)).toBe(`/settings/members${written}`)
})
