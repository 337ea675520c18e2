import { expect, it } from 'vitest'
import { scaleEnd, usageDays } from './usage'

it('dates the days by UTC, today last', () => {
  const days = usageDays([5, 0, 7], new Date('2026-03-01T00:30:00+01:00'))
  expect(days).toEqual([
    { day: '2026-02-26', label: '26 Feb', requests: 5 },
    { day: '2026-02-27', label: '27 Feb', requests: 0 },
    { day: '2026-02-28', label: '28 Feb', requests: 7 },
  ])
})

it.each([
  [0, 4],
  [1, 4],
  [4, 4],
  [5, 6],
  [9, 10],
  [11, 20],
  [21, 40],
  [412, 600],
  [1_000, 1_000],
  [1_001, 2_000],
  [987_654, 1_000_000],
])('a scale for %d ends at %d, which halves well', (highest, end) => {
  expect(scaleEnd(highest)).toBe(end)
  expect(Number.isInteger(end / 2)).toBe(true)
})
