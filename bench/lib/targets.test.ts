import { expect, test } from 'vitest'
import {
  FOOTPRINT_TARGETS,
  keeps,
  PROXY_TARGETS,
  RENEWAL_TARGETS,
  STREAM_TARGET,
  STREAMED_BYTES,
  VERIFY_TARGETS,
} from './targets.mjs'

test.each([
  [2, { atLeast: 2 }, true],
  [1.99, { atLeast: 2 }, false],
  [1.4, { atMost: 1.4 }, true],
  [1.41, { atMost: 1.4 }, false],
  [-3, { atMost: 8 }, true],
  [Number.NaN, { atLeast: 0 }, false],
  [Number.NaN, { atMost: 9 }, false],
])('%d keeps %j: %s', (value, bound, expected) => {
  expect(keeps(value, bound)).toBe(expected)
})

test('the targets of GET /me are those that were promised', () => {
  const words = VERIFY_TARGETS.map(
    ({ backend, connections, peer, figure, bound }) =>
      `${backend} ${connections}: ${figure} ${Object.keys(bound)[0]} ${Object.values(bound)[0]} × ${peer}`,
  )
  expect(words).toEqual([
    'postgres 64: requestsPerSecond atLeast 2 × bare-pg',
    'postgres 64: requestsPerSecond atLeast 0.5 × bare',
    'postgres 64: requestsPerSecond atLeast 20 × better-auth',
    'postgres 256: requestsPerSecond atLeast 0.7 × bare',
    'postgres 16: requestsPerSecond atLeast 1 × bare-pg',
    'postgres 1: p50Ms atMost 1.4 × bare-pg',
    'pglite 64: requestsPerSecond atLeast 0.5 × bare',
  ])
})

test('the targets of the proxy are those that were promised', () => {
  const words = PROXY_TARGETS.map(
    ({ connections, peer, figure, compared, bound }) =>
      `${connections}: ${figure} ${compared} ${Object.keys(bound)[0]} ${Object.values(bound)[0]}, ${peer}`,
  )
  expect(words).toEqual(['64: requestsPerSecond ratio atLeast 0.5, bare-proxy', '1: p50Ms added atMost 1, direct'])
  expect([STREAMED_BYTES, STREAM_TARGET]).toEqual([1024 ** 3, { atMost: 64, unit: 'MiB' }])
})

test('the targets of renewal are those that were promised', () => {
  const words = RENEWAL_TARGETS.map(
    ({ figure, unit, bound }) => `${figure} ${Object.keys(bound)[0]} ${Object.values(bound)[0]} ${unit}`,
  )
  expect(words).toEqual([
    'loop atLeast 0.6 ×',
    'nothingDue atMost 5 ms',
    'due atMost 2 ×',
    'list-p50Ms atMost 1.5 ×',
    'list-p99Ms atMost 1.5 ×',
    'call-p50Ms atMost 1.5 ×',
    'call-p99Ms atMost 1.5 ×',
  ])
})

test('the footprint targets are those that were promised', () => {
  const words = FOOTPRINT_TARGETS.map(({ backend, id, atMost, unit }) => `${backend} ${id}: ${atMost} ${unit}`)
  expect(words).toEqual([
    'pglite start: 3 s',
    'pglite idle: 550 MB',
    'pglite loaded: 550 MB',
    'pglite further: 2 MB',
    'postgres start: 3 s',
    'postgres idle: 300 MB',
    'postgres loaded: 300 MB',
    'postgres further: 2 MB',
    'any javascript: 170 kB',
  ])
})
