import { describe, expect, test } from 'vitest'
import { absoluteDay, absoluteTime, relativeTime } from './time'

const now = new Date('2026-05-03T12:00:00Z')

describe('a time as people say it', () => {
  test.each([
    ['2026-05-03T12:00:00Z', 'just now'],
    ['2026-05-03T11:59:01Z', 'just now'],
    ['2026-05-03T12:00:30Z', 'in less than a minute'],
    ['2026-05-03T11:59:00Z', '1 minute ago'],
    ['2026-05-03T11:00:01Z', '59 minutes ago'],
    ['2026-05-03T11:00:00Z', '1 hour ago'],
    ['2026-05-02T12:00:01Z', '23 hours ago'],
    ['2026-05-02T12:00:00Z', 'yesterday'],
    ['2026-05-05T12:00:00Z', 'in 2 days'],
    ['2026-08-01T11:59:59Z', 'in 89 days'],
    ['2026-08-01T12:00:00Z', 'in 3 months'],
    ['2026-04-03T12:00:00Z', 'last month'],
    ['2025-05-03T12:00:00Z', 'last year'],
    ['2023-05-03T12:00:00Z', '3 years ago'],
  ])('%s is %s', (value, words) => {
    expect(relativeTime(new Date(value), now)).toBe(words)
  })
})

test('the absolute time names its zone', () => {
  expect(absoluteTime(now, 'UTC')).toBe('3 May 2026, 12:00:00 UTC')
  expect(absoluteDay(now, 'UTC')).toBe('3 May 2026')
})
