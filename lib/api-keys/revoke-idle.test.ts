import { describe, expect, it } from 'vitest'
import { type IdleKey, idleStep } from './revoke-idle'

const NOW = new Date('2026-06-15T12:00:00Z')
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000)

describe('a key that nobody uses', () => {
  it.each<[string, IdleKey, ReturnType<typeof idleStep>]>([
    ['is left alone while there is time', { warnings: 0, revokesAt: null, idleAt: inDays(7.01) }, null],
    [
      'is warned of a week ahead',
      { warnings: 0, revokesAt: null, idleAt: inDays(7) },
      { kind: 'warn', warnings: 1, revokesAt: inDays(7) },
    ],
    [
      'is never revoked unwarned, however long it has been idle',
      { warnings: 0, revokesAt: null, idleAt: inDays(-300) },
      { kind: 'warn', warnings: 1, revokesAt: inDays(7) },
    ],
    ['is left alone between the warnings', { warnings: 1, revokesAt: inDays(1.01), idleAt: inDays(-300) }, null],
    [
      'is warned of again a day ahead',
      { warnings: 1, revokesAt: inDays(1), idleAt: inDays(1) },
      { kind: 'warn', warnings: 2, revokesAt: inDays(1) },
    ],
    [
      'still has a day after the second warning when nobody looked for long',
      { warnings: 1, revokesAt: inDays(-30), idleAt: inDays(-30) },
      { kind: 'warn', warnings: 2, revokesAt: inDays(1) },
    ],
    ['is left alone after the second warning', { warnings: 2, revokesAt: inDays(0.01), idleAt: inDays(-9) }, null],
    ['is revoked when its day has come', { warnings: 2, revokesAt: NOW, idleAt: inDays(-9) }, { kind: 'revoke' }],
    ['is forgotten about when it was used', { warnings: 2, revokesAt: NOW, idleAt: inDays(90) }, { kind: 'forget' }],
    ['is given the time that a longer rule gives it', { warnings: 2, revokesAt: NOW, idleAt: inDays(3) }, null],
  ])('%s', (_, key, expected) => {
    expect(idleStep(key, NOW)).toEqual(expected)
  })
})
