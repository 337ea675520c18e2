import { expect, test } from 'vitest'
import { median, medianDifference, medianOf, medianRatio, percentile } from './statistics.mjs'

test.each([
  [[7], 7],
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[100, 9, 10], 10],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected)
})

test.each([
  [0.5, 50],
  [0.99, 99],
  [1, 100],
  [0.001, 1],
])('%d of the values 1 to 100 lie at or below %d', (share, expected) => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(percentile(values, share)).toBe(expected)
})

test('nothing has no median, and no ratio', () => {
  expect(() => median([])).toThrow(RangeError)
  expect(() => percentile([], 0.5)).toThrow(RangeError)
  expect(() => medianRatio([], [])).toThrow(RangeError)
})

test('each figure has a median of its own', () => {
  const rounds = [
    { requestsPerSecond: 100, p50Ms: 3, p99Ms: 9 },
    { requestsPerSecond: 300, p50Ms: 1, p99Ms: 7 },
    { requestsPerSecond: 200, p50Ms: 2, p99Ms: 8 },
  ]
  expect(medianOf(rounds)).toEqual({ requestsPerSecond: 200, p50Ms: 2, p99Ms: 8 })
})

test('a ratio compares within each round, so a slow minute of the machine does not change it', () => {
  expect(medianRatio([200, 20, 220], [100, 10, 100])).toBe(2)
  expect(() => medianRatio([1, 2], [1])).toThrow('same rounds')
})

test('what is added, too, is compared within each round', () => {
  expect(medianDifference([1.5, 9.6, 1.4], [0.5, 8.5, 0.5])).toBe(1)
  expect(() => medianDifference([1, 2], [1])).toThrow('same rounds')
})
