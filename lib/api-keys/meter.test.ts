import { expect, it } from 'vitest'
import { Meter } from './meter'

it('counts a period that began after the statement that tells of it as no longer than it is', () => {
  const meter = new Meter()
  // Begun at 1,000 by the database's clock, it waited for another's lease, of a period that began at 1,700.
  meter.learn({ start: 1_700, end: 61_700, leased: 20, granted: 10 }, 1_000, 5_000)
  meter.adapt(100, 60_000)
  expect(meter.secondsLeft(1_000)).toBe(60)
  expect(meter.secondsLeft(2_700)).toBe(59)
  // By this machine's clock it ends rather too early, when it is asked for anew, than too late.
  expect(meter.lacks(1, 0, 64_999)).toBe(0)
  expect(meter.lacks(1, 0, 65_000)).toBe(1)
})
