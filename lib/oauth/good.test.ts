import { expect, it } from 'vitest'
import { Secret } from '../vault/secret'
import { isGood } from './good'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const inSeconds = (seconds: number) => new Date(NOW + seconds * 1000)
const token = { accessToken: new Secret('token') }
const HOUR = 3600

it.each<[string, lifetime: number, left: number, marginMs: number | undefined, boolean]>([
  ['with more than a minute left', HOUR, 61, undefined, true],
  ['with a minute left', HOUR, 60, undefined, false],
  ['with more than a fifth left, of a short life', 100, 21, undefined, true],
  ['with a fifth left, of a short life', 100, 20, undefined, false],
  ['with more left than is asked for', HOUR, 601, 600_000, true],
  ['with as much left as is asked for', HOUR, 600, 600_000, false],
  ['with less left than is asked for, but more than a fifth', 900, 181, 600_000, true],
  ['that has ended', HOUR, 0, 0, false],
  ['that was brought when it had ended', -HOUR, -HOUR, undefined, false],
])('a token %s', (_what, lifetime, left, marginMs, expected) => {
  const state = { obtainedAt: inSeconds(left - lifetime), expiresAt: inSeconds(left), now: inSeconds(0) }
  expect(isGood(state, token, marginMs)).toBe(expected)
})

it('a token whose end is not known is good, and none is not', () => {
  const state = { obtainedAt: inSeconds(-HOUR), expiresAt: null, now: inSeconds(0) }
  expect(isGood(state, token)).toBe(true)
  expect(isGood(state, { accessToken: null })).toBe(false)
})
