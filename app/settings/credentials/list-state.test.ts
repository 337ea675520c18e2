import { expect, it } from 'vitest'
import { changed, defaultState, isFiltered, LIST_PATH, listHref, listQuery, parseListState } from './list-state'

const parse = (query: string) => parseListState(new URLSearchParams(query))

it.each([
  ['', LIST_PATH],
  ['q=shippo&status=bad&type=basic&sort=name', `${LIST_PATH}?q=shippo&status=bad&type=basic&sort=name`],
  ['status=constructor&type=toString&sort=sideways', LIST_PATH],
  ['type=basic&environment=test', `${LIST_PATH}?type=basic&environment=test`],
  ['environment=prod', LIST_PATH],
  ['cursor=abc', `${LIST_PATH}?cursor=abc`],
])('reads %j and writes it back as %j', (query, href) => {
  expect(listHref(parse(query))).toBe(href)
})

it('searches for no token that stands in an address, only for what lists show of it', () => {
  const secret = 'Ab1'.repeat(13)
  const { q } = parse(`q=fn_live_${secret.slice(0, 38)}`)
  expect(q).toBe(secret.slice(34, 38))
  expect(listHref(parse(`q=fn_live_${secret}`))).not.toContain(secret.slice(0, 30))
})

it('asks the API for what the address says, and leaves out an empty search', () => {
  expect(listQuery(parse('q=%20&type=oauth2'))).toBe('status=all&sort=created&type=oauth2&limit=25')
  expect(listQuery(parse('environment=test'))).toBe('status=all&sort=created&environment=test&limit=25')
  expect(listQuery(changed(parse('environment=test'), { environment: undefined }))).not.toContain('environment')
})

it('starts at the first page after a change', () => {
  expect(changed({ ...defaultState, cursor: 'abc' }, { sort: 'name' })).toEqual({ ...defaultState, sort: 'name' })
})

it('knows whether something is left out', () => {
  expect(isFiltered(defaultState)).toBe(false)
  expect(isFiltered(parse('sort=name'))).toBe(false)
  expect(isFiltered(parse('status=unused'))).toBe(true)
  expect(isFiltered(parse('type=bearer'))).toBe(true)
  expect(isFiltered(parse('environment=live'))).toBe(true)
})
