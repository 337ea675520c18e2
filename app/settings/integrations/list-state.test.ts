import { expect, it } from 'vitest'
import { changed, defaultState, isFiltered, listHref, listQuery, parseListState } from './list-state'

const parse = (query: string) => parseListState(new URLSearchParams(query))

it('takes an address that says nothing for the whole list, newest first', () => {
  expect(parse('')).toEqual(defaultState)
  expect(listHref(defaultState)).toBe('/settings/integrations')
})

it.each([
  'q=labels',
  'state=paused',
  'sort=name',
  'state=failing',
  'environment=test&state=paused',
  'q=a%26b&state=enabled&sort=name&cursor=abc',
])('reads and writes %s alike', (query) => expect(listHref(parse(query))).toBe(`/settings/integrations?${query}`))

it('leaves out what it does not know', () => {
  expect(parse('environment=prod&state=gone&sort=constructor&order=asc')).toEqual(defaultState)
})

it('never keeps a token that was pasted into the search', () => {
  const token = `fn_live_${'a'.repeat(38)}`
  expect(parse(`q=${token}`).q).not.toContain(token)
})

it('asks the API for a page, without an empty search', () => {
  expect(listQuery(parse('q=+&sort=name'))).toBe('sort=name&limit=25')
  expect(listQuery(parse('q=labels&state=paused'))).toBe('state=paused&sort=created&q=labels&limit=25')
})

it('starts at the first page after each change, and forgets a filter that is taken away', () => {
  const state = parse('state=paused&cursor=abc')
  expect(changed(state, { q: 'x' })).toEqual({ q: 'x', state: 'paused', sort: 'created' })
  expect(changed(state, { state: undefined })).toEqual(defaultState)
  expect(changed(parse('environment=live'), { environment: undefined })).toEqual(defaultState)
})

it.each([
  ['q=labels', true],
  ['state=enabled', true],
  ['environment=test', true],
  ['q=+', false],
  ['sort=name', false],
])('%s shows less than all: %s', (query, filtered) => expect(isFiltered(parse(query))).toBe(filtered))
