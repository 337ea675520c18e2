import { afterEach, expect, it, vi } from 'vitest'
import { Activity } from './activity'

afterEach(() => void vi.useRealTimers())

it('is busy from a request until a tenth of a second went by without another', () => {
  vi.useFakeTimers()
  const activity = new Activity()
  expect(activity.isBusy()).toBe(false)
  activity.note()
  vi.advanceTimersByTime(90)
  activity.note()
  vi.advanceTimersByTime(90)
  expect(activity.isBusy()).toBe(true)
  vi.advanceTimersByTime(20)
  expect(activity.isBusy()).toBe(false)
})
