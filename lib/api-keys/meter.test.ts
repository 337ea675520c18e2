import { describe, expect, it } from 'vitest'
import { Meter } from './meter'

it('counts a period that began after the statement that tells of it as no longer than it is', () => {
  const meter = new Meter()
  // Begun at 1,000 by the database's clock, it waited for another's lease, of a period that began at 1,700.
  meter.learn({ start: 1_700, end: 61_700, leased: 20, granted: 10 }, 1_000, 5_000, 5_700)
  meter.adapt(100, 60_000)
  expect(meter.secondsLeft(1_000)).toBe(60)
  expect(meter.secondsLeft(2_700)).toBe(59)
  // By this machine's clock it ends rather too early, when it is asked for anew, than too late.
  expect(meter.lacks(1, 0, 64_999)).toBe(0)
  expect(meter.lacks(1, 0, 65_000)).toBe(1)
})

describe('when all is leased', () => {
  const MONTH = 2_592_000_000
  /** Asked at 1,000 and answered at 1,010 that all is leased. */
  function exhausted(): Meter {
    const meter = new Meter()
    meter.learn({ start: 0, end: MONTH, leased: 100, granted: 0 }, 0, 1_000, 1_010)
    meter.adapt(100)
    return meter
  }

  it('asks again once a minute: another instance may have given back what it did not use', () => {
    const meter = exhausted()
    expect(meter.lacks(3, 0, 60_999)).toBe(0)
    expect(meter.lacks(3, 0, 61_000)).toBe(3)
    // But not within the same look-up, which has just been told.
    expect(meter.lacksAt(3, 0, 100)).toBe(0)
    meter.learn({ start: 0, end: MONTH, leased: 100, granted: 0 }, 60_000, 61_000, 61_010)
    expect(meter.lacks(3, 0, 120_999)).toBe(0)
    expect(meter.lacks(3, 0, 121_000)).toBe(3)
  })

  it('lets in what was given back, and no more', () => {
    const meter = exhausted()
    expect(meter.isUsedUp(10)).toBe(true)
    meter.learn({ start: 0, end: MONTH, leased: 62, granted: 2 }, 60_000, 61_000, 61_010)
    expect(meter.remaining).toBe(40)
    meter.take()
    meter.take()
    expect(meter.isUsedUp(10)).toBe(true)
    expect(meter.lacks(1, 0, 61_020)).toBe(1)
  })

  it('does not believe that less is by an answer that may have been overtaken', () => {
    const meter = exhausted()
    meter.learn({ start: 0, end: MONTH, leased: 90, granted: 0 }, 0, 1_009, 1_020)
    expect(meter.remaining).toBe(0)
    meter.learn({ start: 0, end: MONTH, leased: 90, granted: 0 }, 0, 1_010, 1_030)
    expect(meter.remaining).toBe(10)
  })
})
