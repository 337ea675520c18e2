import { describe, expect, it } from 'vitest'
import { createToken } from '@/lib/api-keys'
import { safeSearch } from './token-search'

const { token, hint } = createToken('live')
const secret = token.slice('fn_live_'.length)

describe('a token in the search', () => {
  it.each([
    ['whole', token, hint.end],
    ['of the test environment', createToken('test').token.replace(/.{4}$/, 'WXYZ'), 'WXYZ'],
    ['with spaces around', `  ${token}\n`, hint.end],
    ['in an Authorization header', `Authorization: Bearer ${token}`, hint.end],
    ['in quotes', `"${token}"`, hint.end],
    ['with something stuck to its end', `${token}X`, hint.end],
    ['cut off', token.slice(0, 30), hint.start],
    ['cut off after five characters', token.slice(0, 'fn_live_'.length + 5), hint.start],
    ['without its prefix', secret, hint.end],
  ])('%s is replaced by four characters of its hint', (_, text, query) => {
    const safe = safeSearch(text)
    expect(safe).toEqual({ query, hidToken: true })
    expect(safe.query).toHaveLength(4)
  })
})

describe('other texts', () => {
  it.each([
    ['a name', 'ERP Integration'],
    ['an id', 'key_019ab0c1d2e37f4a8b5c6d7e8f901234'],
    ['a prefix alone', 'fn_live_'],
    ['a long word', 'Synchronisationsdienstleister'],
    ['four characters', 'wxyz'],
    ['nothing', ''],
  ])('%s stays as it is', (_, text) => {
    expect(safeSearch(text)).toEqual({ query: text, hidToken: false })
  })

  it('a hint as the list shows it is searched by its end', () => {
    expect(safeSearch('fn_live_abcd…wxyz')).toEqual({ query: 'wxyz', hidToken: false })
    expect(safeSearch('fn_test_abcd...wxyz')).toEqual({ query: 'wxyz', hidToken: false })
  })

  it('the beginning of a hint is searched by its four characters', () => {
    expect(safeSearch('fn_live_abcd')).toEqual({ query: 'abcd', hidToken: false })
  })
})
