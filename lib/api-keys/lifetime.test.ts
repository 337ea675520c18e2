import { describe, expect, it } from 'vitest'
import { inheritedExpiry, requireLifetime } from './lifetime'

const NOW = Date.parse('2026-06-15T12:00:00Z')
const inDays = (days: number) => new Date(NOW + days * 86_400_000)
const FREE = { keyExpiryRequired: false, keyMaxDays: null }
const EXPIRING = { keyExpiryRequired: true, keyMaxDays: null }
const SHORT = { keyExpiryRequired: false, keyMaxDays: 30 }

function refusedFor(work: () => unknown): string | null {
  try {
    work()
    return null
  } catch (error) {
    const { code, fields } = error as { code: string; fields: { field: string }[] }
    expect(code).toBe('invalid')
    return fields[0]?.field ?? ''
  }
}

describe('a new key', () => {
  it.each([
    ['that never expires, where nobody asks', FREE, null, null],
    ['that never expires, where keys must', EXPIRING, null, 'expires_at'],
    ['that expires, where keys must', EXPIRING, inDays(3_000), null],
    ['that never expires, where lifetimes are bounded', SHORT, null, 'expires_at'],
    ['that expires in time', SHORT, inDays(30), null],
    // By the clock of a browser that is a little ahead, or at the end of the day.
    ['that expires an hour late', SHORT, inDays(30 + 1 / 24), null],
    ['that expires too late', SHORT, inDays(30.1), 'expires_at'],
  ])('%s', (_, policy, expiresAt, field) => {
    expect(refusedFor(() => requireLifetime(policy, expiresAt, NOW))).toBe(field)
  })
})

describe('a key in the place of another', () => {
  it.each([
    ['expires when that did', FREE, inDays(400), inDays(400)],
    ['never expires if that did not', FREE, null, null],
    ['expires when that did, if that is early enough', SHORT, inDays(9), inDays(9)],
    ['expires as late as it may instead of later', SHORT, inDays(400), inDays(30)],
    ['expires as late as it may instead of never', SHORT, null, inDays(30)],
  ])('%s', (_, policy, before, after) => {
    expect(inheritedExpiry(policy, before, NOW)).toEqual(after)
  })

  it('is not made when keys must expire, and nobody can say when; no field is to blame', () => {
    expect(refusedFor(() => inheritedExpiry(EXPIRING, null, NOW))).toBe('')
  })
})
