import { describe, expect, it } from 'vitest'
import { coolMs, doubted, GIVE_UP_MS, isAlarming, isGivenUp, learnedFrom, pauseMs, renewalDueInMs } from './schedule'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('tokens are renewed', () => {
  it.each([
    ['of a minute', MINUTE, 48_000, 36_000],
    ['of a quarter of an hour', 15 * MINUTE, 12 * MINUTE, 9 * MINUTE],
    ['of an hour', HOUR, 50 * MINUTE, 40 * MINUTE],
    ['of six hours', 6 * HOUR, 350 * MINUTE, 340 * MINUTE],
    ['of half a year', 180 * DAY, 180 * DAY - 10 * MINUTE, 180 * DAY - 20 * MINUTE],
    ['that have ended', -5, 0, 0],
  ])('%s: at the latest ten minutes or a fifth before their end, and spread', (_what, endsInMs, latest, earliest) => {
    const due = (random: number) => renewalDueInMs({ endsInMs, learnedSeconds: null }, random)
    expect([due(0), due(1)]).toEqual([latest, earliest])
  })

  it.each([
    // As Meta's: what renews them is the access token itself.
    ['of sixty days', 60 * DAY, 60 * DAY, 40 * DAY, 20 * DAY],
    ['of sixty days, told one after the other', 60 * DAY, 60 * DAY + 20, 40 * DAY, 20 * DAY],
    ['of an hour, whose refresh token ends before', HOUR, HOUR / 2, 40 * MINUTE, 20 * MINUTE],
    ['of an hour, whose refresh token lasts', HOUR, DAY, 50 * MINUTE, 40 * MINUTE],
  ])(
    '%s: with a third left where nothing renews them after their end',
    (_what, endsInMs, refreshEndsInMs, ...times) => {
      const due = (random: number) => renewalDueInMs({ endsInMs, learnedSeconds: null, refreshEndsInMs }, random)
      expect([due(0), due(1)]).toEqual(times)
    },
  )

  it('at different times, by chance', () => {
    const times = Array.from({ length: 50 }, () => renewalDueInMs({ endsInMs: HOUR, learnedSeconds: null }))
    expect(new Set(times).size).toBeGreaterThan(40)
  })

  it('not by themselves when nobody knows their end', () => {
    expect(renewalDueInMs({ endsInMs: null, learnedSeconds: null })).toBeNull()
  })

  it('by what was learned of their end, where the provider does not tell it', () => {
    expect(renewalDueInMs({ endsInMs: null, learnedSeconds: 1_000 }, 0)).toBe(640_000)
    expect(renewalDueInMs({ endsInMs: HOUR, learnedSeconds: 1_000 }, 0)).toBe(50 * MINUTE)
  })
})

describe('after a failure it is tried again', () => {
  const pause = (failures: number, failingMs: number, retryAfterMs: number | null = null, random = 0.5) =>
    pauseMs({ failures, failingMs, retryAfterMs }, random)

  it('soon, then after twice as long each time', () => {
    expect([1, 2, 3, 4].map((n) => pause(n, 0))).toEqual([5_000, 10_000, 20_000, 40_000])
  })

  it('at least every minute in the first ten, and every hour for ever', () => {
    expect(pause(9, 5 * MINUTE)).toBe(MINUTE)
    expect(pause(30, 2 * HOUR)).toBe(12 * MINUTE)
    expect(pause(10_000, 5 * DAY)).toBe(HOUR)
  })

  it('a little earlier or later, by chance', () => {
    expect([pause(1, 0, null, 0), pause(1, 0, null, 1)]).toEqual([3_750, 6_250])
  })

  it('not before the provider wants it, but within a day', () => {
    expect(pause(1, 0, 90_000)).toBe(90_000)
    expect(pause(3, 0, 1_000)).toBe(20_000)
    expect(pause(1, 0, 365 * DAY)).toBe(DAY)
    expect(coolMs(90_000)).toBe(90_000)
    expect(coolMs(null)).toBe(2_000)
  })

  it('for seven days after the tokens’ end, however often it failed', () => {
    const givenUp = (failingMs: number, endedMs: number | null) => isGivenUp({ failingMs, endedMs })
    expect(givenUp(GIVE_UP_MS - 1, GIVE_UP_MS * 2)).toBe(false)
    expect(givenUp(GIVE_UP_MS * 2, GIVE_UP_MS - 1)).toBe(false)
    expect(givenUp(GIVE_UP_MS * 2, -HOUR)).toBe(false)
    expect(givenUp(GIVE_UP_MS, GIVE_UP_MS)).toBe(true)
    expect(givenUp(GIVE_UP_MS, null)).toBe(true)
  })
})

describe('people are told', () => {
  it.each([
    ['one failure', 1, 1, 90, 5, false],
    ['two failures', 2, 1, 90, 5, false],
    ['three failures with a third left', 3, 30, 90, 5, false],
    ['three failures with less left', 3, 29, 90, 5, true],
    ['three failures after the end', 3, -5, 90, 5, true],
    ['three failures of tokens whose end nobody knows', 3, null, null, 5, true],
    ['one failure, when the next attempt comes after the end', 1, HOUR - 1, 9 * HOUR, HOUR, true],
    ['one failure, when the next attempt comes before the end', 1, HOUR + 1, 9 * HOUR, HOUR, false],
    ['one failure of tokens whose end nobody knows', 1, null, null, HOUR, false],
  ])('of %s: %#', (_what, failures, leftMs, lifetimeMs, nextMs, told) => {
    expect(isAlarming({ failures, leftMs, lifetimeMs, nextMs })).toBe(told)
  })
})

describe('how long tokens last is learned', () => {
  it('from the first that is refused, and from each that is refused sooner', () => {
    expect(learnedFrom(3_600_500, null)).toBe(3_600)
    expect(learnedFrom(1_800_000, 3_600)).toBe(1_800)
    expect(learnedFrom(7_200_000, 3_600)).toBe(3_600)
  })

  it('and doubted, the shorter the more, until another is refused', () => {
    expect([61, 600, 800, 900, 3_600, null].map(doubted)).toEqual([77, 750, 900, 918, 3_672, null])
  })

  it('so that every lifetime grows back which one 401 has shortened', () => {
    let seconds = 1_000
    for (let renewals = 0; renewals < 160; renewals++) seconds = doubted(seconds) ?? 0
    expect(seconds).toBeGreaterThan(6 * 3_600)
  })

  it('not from one that was taken away', () => {
    expect(learnedFrom(59_000, null)).toBeNull()
    expect(learnedFrom(59_000, 3_600)).toBe(3_600)
  })
})
