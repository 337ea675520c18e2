import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { paused, produce } from './bodies.mjs'

test.each([0, 1, 64 * 1024, 64 * 1024 + 1, 1_000_000])('a body of %d bytes has as many', async (bytes) => {
  expect((await buffer(produce(bytes))).length).toBe(bytes)
})

test('a body is read to its end, with a rest after each so many bytes', async () => {
  const started = performance.now()
  expect(await paused(produce(300_000), { pauseMs: 40, bytesBetween: 100_000 })).toBe(300_000)
  expect(performance.now() - started).toBeGreaterThanOrEqual(3 * 40 - 5)
})
