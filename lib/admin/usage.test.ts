import { expect, it } from 'vitest'
import { parseExpires, parseRate, UsageError } from './usage'

const NOW = Date.UTC(2026, 10, 24, 12)

it.each([
  [undefined, null],
  ['12h', '2026-11-25T00:00:00.000Z'],
  ['90d', '2027-02-22T12:00:00.000Z'],
  ['4w', '2026-12-22T12:00:00.000Z'],
  ['1y', '2027-11-24T12:00:00.000Z'],
  // A key that expires on a day works on that day.
  ['2027-01-31', '2027-01-31T23:59:59.000Z'],
  ['2028-02-29', '2028-02-29T23:59:59.000Z'],
  ['2027-01-31T18:00:00Z', '2027-01-31T18:00:00.000Z'],
  ['2027-01-31T18:00+02:00', '2027-01-31T16:00:00.000Z'],
])('--expires %s is %s', (text, expected) => {
  expect(parseExpires(text, NOW)).toBe(expected)
})

it.each([
  '',
  '90',
  'd',
  '0d',
  '-1d',
  '1.5d',
  '90 d',
  '90D',
  'never',
  '2027-02-31',
  '2027-02-29',
  '2027-13-01',
  '31/01/2027',
  '2027-01-31T18:00',
  '2027-02-31T18:00:00Z',
  // No date and time of RFC 3339 says such a year.
  '9000y',
  '9999-12-31T23:59:59-12:00',
])('--expires %j is refused', (text) => {
  expect(() => parseExpires(text, NOW)).toThrow(UsageError)
})

it.each([
  [undefined, undefined],
  ['off', null],
  ['5/1', { requests: 5, seconds: 1 }],
])('--rate %s is %o', (text, expected) => {
  expect(parseRate(text)).toEqual(expected)
})

it.each(['', '100', '/60', '100/', '1.5/60', '-1/60', 'OFF', '100 / 60'])('--rate %j is refused', (text) => {
  expect(() => parseRate(text)).toThrow(UsageError)
})
