import { describe, expect, it, vi } from 'vitest'
import { createKeyInput } from '@/lib/api-keys'
import { expiresAt } from './expiry'

const now = new Date('2026-03-01T09:30:00.000Z')

describe('the expiry of a new key', () => {
  it.each([
    ['never', '', null],
    ['30d', '', '2026-03-31T09:30:00.000Z'],
    ['90d', '', '2026-05-30T09:30:00.000Z'],
    ['1y', '', '2027-03-01T09:30:00.000Z'],
    ['date', '2027-01-31', '2027-01-31T23:59:59.000Z'],
    ['date', '', ''],
    ['date', '0027-01-31', '0027-01-31T23:59:59.000Z'],
  ] as const)('%s %s', (choice, date, iso) => {
    vi.stubEnv('TZ', 'UTC')
    expect(expiresAt(choice, date, now)).toBe(iso)
  })

  it("is the end of the day where the person is, and the server's rule takes it", () => {
    vi.stubEnv('TZ', 'America/Mexico_City')
    const iso = expiresAt('date', '2027-01-31')
    expect(iso).toBe('2027-02-01T05:59:59.000Z')
    vi.setSystemTime(now)
    expect(createKeyInput.safeParse({ name: 'x', scopes: ['orders:read'], expires_at: iso }).success).toBe(true)
    vi.useRealTimers()
  })

  it('without a date is refused by the server', () => {
    expect(createKeyInput.safeParse({ name: 'x', scopes: ['orders:read'], expires_at: '' }).success).toBe(false)
  })
})
