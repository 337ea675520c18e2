import { expect, it } from 'vitest'
import { parseRetryAfter } from './retry-after'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const DAY = 86_400_000

it.each<[string | undefined, number | null]>([
  ['0', 0],
  ['120', 120_000],
  [' 5 ', 5_000],
  ['Sun, 01 Mar 2026 12:01:00 GMT', 60_000],
  ['Sunday, 01-Mar-26 12:01:00 GMT', 60_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['9'.repeat(400), DAY],
  ['Fri, 01 Jan 2100 00:00:00 GMT', DAY],
  [undefined, null],
  ['', null],
  ['-1', null],
  // As Shopify writes them.
  ['2.0', 2_000],
  ['1.5', 1_500],
  ['0.0004', 1],
  ['1.', null],
  ['.5', null],
  ['1.5.2', null],
  ['1e3', null],
  ['soon', null],
  ['Sun, 99 Foo 2026', null],
])('%s means %s ms', (value, ms) => {
  expect(parseRetryAfter(value, NOW)).toBe(ms)
})
