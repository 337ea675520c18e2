import { describe, expect, it } from 'vitest'
import { clockOf, lifetimeOf, refreshLifetimeOf } from './lifetime'

const NOW = new Date('2026-03-01T12:00:00Z')
const IN_AN_HOUR = NOW.getTime() / 1000 + 3600

it.each<[Parameters<typeof lifetimeOf>[0], number | null]>([
  [{ expires_in: 3600 }, 3600],
  [{ expires_in: 3599.5 }, 3599.5],
  [{ expires_in: '3600' }, 3600],
  [{ expires_in: ' 3600 ' }, 3600],
  [{ expires_in: IN_AN_HOUR }, 3600],
  [{ expires_in: String(IN_AN_HOUR) }, 3600],
  [{ expires_in: IN_AN_HOUR * 1000 }, 3600],
  [{ expires_at: IN_AN_HOUR }, 3600],
  [{ expires_at: '2026-03-01T13:00:00Z' }, 3600],
  [{ expires_at: '2026-03-01T13:00:00.000' }, 3600],
  [{ expires_at: '2026-03-01 15:00:00+0200' }, 3600],
  [{ expires_in: 60, expires_at: IN_AN_HOUR }, 60],
  [{ expires_in: 0, expires_at: IN_AN_HOUR }, 3600],
  [{ expires_in: 15_552_000 }, 15_552_000],
  [{}, null],
  [{ expires_in: null }, null],
  [{ expires_in: 0 }, null],
  [{ expires_in: '0' }, null],
  [{ expires_in: -1 }, null],
  [{ expires_in: '' }, null],
  [{ expires_in: 'soon' }, null],
  [{ expires_in: '1h' }, null],
  [{ expires_in: true }, null],
  [{ expires_in: [3600] }, null],
  [{ expires_in: 1e300 }, null],
  [{ expires_at: IN_AN_HOUR - 7200 }, null],
  [{ expires_at: '0001-01-01T00:00:00Z' }, null],
  [{ expires_at: '1999-01-01T00:00:00Z' }, null],
  [{ expires_at: 'T:' }, null],
  [{ expires_at: '9999-12-31T23:59:59.9999999Z' }, null],
  [{ expires_at: '2125-03-01T12:00:00Z' }, 3_124_137_600],
])('%j lasts %s seconds', (answer, seconds) => {
  expect(lifetimeOf(answer, NOW)).toBe(seconds)
})

it.each<[Record<string, unknown>, number | null]>([
  [{ refresh_token_expires_in: 60, refresh_expires_in: 90 }, 60],
  [{ refresh_token_expires_in: 0, refresh_expires_in: 90 }, 90],
  [{ refresh_expires_at: '2026-03-01T13:00:00Z' }, 3600],
  [{ refresh_token_expires_at: IN_AN_HOUR * 1000 }, 3600],
  [{ refresh_expires_in: 0 }, null],
  [{ refresh_expires_at: '9999-12-31 23:59:59' }, null],
  [{ refresh_token_expires_in: 'never' }, null],
  [{ expires_in: 60 }, null],
])('of %j, the refresh token lasts %s seconds', (answer, seconds) => {
  expect(refreshLifetimeOf(answer, NOW)).toBe(seconds)
})

describe('the clock of a provider', () => {
  it.each([
    ['ahead of ours', 'Sun, 01 Mar 2026 12:05:00 GMT', '2026-03-01T12:05:01Z'],
    ['behind ours', 'Sun, 01 Mar 2026 11:50:00 GMT', '2026-03-01T11:50:01Z'],
    ['the same', 'Sun, 01 Mar 2026 12:00:00 GMT', '2026-03-01T12:00:01Z'],
    ['broken', 'Thu, 01 Jan 1970 00:00:00 GMT', '2026-03-01T12:00:00Z'],
    ['broken otherwise', 'Fri, 01 Mar 2126 12:00:00 GMT', '2026-03-01T12:00:00Z'],
    ['not told in words that are a date', 'now', '2026-03-01T12:00:00Z'],
    ['not told', undefined, '2026-03-01T12:00:00Z'],
  ])('that is %s', (_what, date, expected) => {
    expect(clockOf(date, NOW)).toEqual(new Date(expected))
  })
})
