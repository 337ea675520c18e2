import { describe, expect, it } from 'vitest'
import { hintText, makerText, shortUserAgent, usageText, usedFromText } from './words'

describe('a user agent in short', () => {
  it.each([
    ['python-requests/2.31.0', 'python-requests/2.31.0'],
    ['curl/8.14.1', 'curl/8.14.1'],
    ['node', 'node'],
    ['GuzzleHttp/7 (PHP 8.3; Linux)', 'GuzzleHttp/7'],
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
      'Chrome 143',
    ],
    ['Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15', 'Safari 18'],
    ['Mozilla/5.0 (Windows NT 10.0; rv:133.0) Gecko/20100101 Firefox/133.0', 'Firefox 133'],
    ['Mozilla/5.0 (X11) Chrome/143.0 Safari/537.36 Edg/143.0', 'Edge 143'],
    ['Mozilla/5.0 (compatible; SomeBot)', 'Mozilla/5.0'],
    ['(odd)', '(odd)'],
  ])('%s', (userAgent, short) => {
    expect(shortUserAgent(userAgent)).toBe(short)
  })
})

it('tells from where a key was used', () => {
  const user_agent = 'python-requests/2.31'
  expect(usedFromText({ address: '203.0.113.7', user_agent })).toBe('203.0.113.7, python-requests/2.31')
  expect(usedFromText({ address: '203.0.113.7', user_agent: null })).toBe('203.0.113.7')
  expect(usedFromText({ address: null, user_agent: null })).toBe('')
})

it('tells how much a key is used', () => {
  const key = (...days: number[]) => ({ usage_30d: { total: days.reduce((sum, day) => sum + day, 0), days } })
  expect(usageText(key(0, 0))).toBe('No requests in the last 30 days')
  expect(usageText(key(5, 1))).toBe('1 request today and 6 in the last 30 days')
  expect(usageText(key(28_908, 1204))).toBe('1,204 requests today and 30,112 in the last 30 days')
})

it('tells a key that made a key from a person', () => {
  expect(makerText({ created_by: { type: 'user', id: 'usr_1', name: 'Inés Álvarez' } })).toBe('Inés Álvarez')
  expect(makerText({ created_by: { type: 'key', id: 'key_1', name: 'CI' } })).toBe('the API key “CI”')
})

it('shows of a token what the list shows', () => {
  expect(hintText({ environment: 'test', hint: { start: 'abcd', end: 'wxyz' } })).toBe('fn_test_abcd…wxyz')
})
