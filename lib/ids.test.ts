import { expect, it, vi } from 'vitest'
import { isId, newId } from './ids'

it('an id names its kind', () => {
  expect(newId('apiKey')).toMatch(/^key_[0-9a-f]{32}$/)
  expect(newId('account')).toMatch(/^acc_[0-9a-f]{32}$/)
})

it('ids made within one millisecond sort by age', () => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
  const ids = Array.from({ length: 10_000 }, () => newId('apiKey'))
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  vi.useRealTimers()
})

it.each([1, 1_000, 365 * 86_400_000, 5_000 * 365 * 86_400_000])('an id sorts after one made %i ms before', (ms) => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
  const earlier = newId('auditEvent')
  vi.advanceTimersByTime(ms)
  expect(earlier < newId('auditEvent')).toBe(true)
  vi.useRealTimers()
})

it('knows an id by its form', () => {
  expect(isId('apiKey', newId('apiKey'))).toBe(true)
})

it.each([
  ['another kind', newId('account')],
  ['a name', 'ERP'],
  ['nothing', ''],
  ['a prefix alone', 'key_'],
  ['too long', `${newId('apiKey')}0`],
  ['too short', newId('apiKey').slice(0, -1)],
  ['capitals', newId('apiKey').toUpperCase()],
  ['a line feed', `${newId('apiKey').slice(0, -1)}\n`],
  ['a NUL', `${newId('apiKey').slice(0, -1)}\0`],
])('takes no other string for one: %s', (_, text) => {
  expect(isId('apiKey', text)).toBe(false)
})
