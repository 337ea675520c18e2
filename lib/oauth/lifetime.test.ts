import { expect, it } from 'vitest'
import { lifetimeOf } from './lifetime'

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
])('%j lasts %s seconds', (answer, seconds) => {
  expect(lifetimeOf(answer, NOW)).toBe(seconds)
})
