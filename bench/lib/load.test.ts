import { expect, test } from 'vitest'
import { readWrk } from './load.mjs'

const output = (result: Record<string, number>) => `Running 4s test @ http://127.0.0.1:4100/api/v1/me
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.95ms    2.10ms  45.15ms   97.00%
Requests/sec:  12345.00

wrk-result ${JSON.stringify(result)}
`
const good = { requests: 48_000, durationUs: 4_000_000, p50Us: 1_950, p99Us: 6_100, refused: 0, broken: 0 }

test('what wrk measured is read in requests per second and milliseconds', () => {
  expect(readWrk(output(good))).toEqual({ requestsPerSecond: 12_000, p50Ms: 1.95, p99Ms: 6.1 })
})

test.each([
  ['answers that are errors', { ...good, refused: 3 }, '3 of 48000 answers were errors'],
  ['broken connections', { ...good, broken: 2 }, '2 connections broke'],
  ['no answer at all', { ...good, requests: 0 }, 'answered nothing'],
])('a run with %s is no measurement', (_, result, message) => {
  expect(() => readWrk(output(result))).toThrow(message)
})

test('output without a result is no measurement', () => {
  expect(() => readWrk('unable to connect to 127.0.0.1:4100 Connection refused')).toThrow('Connection refused')
})
