import { describe, expect, it } from 'vitest'
import { createToken, listKeysQuery } from '@/lib/api-keys'
import {
  changed,
  defaultState,
  isFiltered,
  type ListState,
  listHref,
  listQuery,
  parseListState,
  sortedBy,
  sortNames,
  statusFilterNames,
} from './list-state'

const parse = (query: string) => parseListState(new URLSearchParams(query))
const full: ListState = {
  q: 'erp & co',
  status: 'revoked',
  environment: 'test',
  sort: 'name',
  order: 'desc',
  cursor: 'eyJhIn0',
}

describe("the list's address", () => {
  it('says nothing of what is as usual', () => {
    expect(listHref(defaultState)).toBe('/settings/api-keys')
    expect(parse('')).toEqual(defaultState)
  })

  it('brings back what it was made from', () => {
    expect(parse(listHref(full).split('?')[1] ?? '')).toEqual(full)
  })

  it.each([
    'status=review',
    'status=__proto__',
    'status=nonsense',
    'environment=prod',
    'sort=secret',
    'order=up',
    'cursor=',
  ])('leaves out what it does not understand: %s', (query) => {
    expect(parse(query)).toEqual(defaultState)
  })

  it('never passes a token on', () => {
    const { token, hint } = createToken('live')
    expect(parse(`q=${token}`).q).toBe(hint.end)
  })

  it('sorts each column the useful way first', () => {
    expect(parse('sort=name').order).toBe('asc')
    expect(parse('sort=last_used').order).toBe('desc')
    expect(parse('sort=expires').order).toBe('asc')
  })
})

describe("the API's query", () => {
  it.each<[string, ListState]>([
    ['usual', defaultState],
    ['full', full],
    ['only spaces searched', { ...defaultState, q: '  ' }],
    ...Object.keys(statusFilterNames).map((status) => [status, parse(`status=${status}`)] as [string, ListState]),
    ...sortNames.map(
      ({ sort, order }) => [`${sort} ${order}`, { ...defaultState, sort, order }] as [string, ListState],
    ),
  ])('is one that the API takes: %s', (_, state) => {
    expect(listKeysQuery.safeParse(Object.fromEntries(new URLSearchParams(listQuery(state)))).success).toBe(true)
  })
})

describe('changes', () => {
  it('start at the first page', () => {
    expect(changed(full, { q: 'x' })).not.toHaveProperty('cursor')
    expect(sortedBy(full, 'created')).not.toHaveProperty('cursor')
  })

  it('turn the order round at the second press', () => {
    const once = sortedBy(defaultState, 'name')
    expect(once).toMatchObject({ sort: 'name', order: 'asc' })
    expect(sortedBy(once, 'name')).toMatchObject({ sort: 'name', order: 'desc' })
  })

  it('tell a filter from an order', () => {
    expect(isFiltered({ ...defaultState, sort: 'name' })).toBe(false)
    expect(isFiltered({ ...defaultState, environment: 'live' })).toBe(true)
    expect(isFiltered({ ...defaultState, q: ' ' })).toBe(false)
  })
})
