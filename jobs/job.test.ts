import { calculateNextRetryDelay } from '@trigger.dev/core/v3'
import { expect, it, vi } from 'vitest'
import { NO_RETRY, type Retry, retryDelayMs } from './job'

it.each<Retry>([
  NO_RETRY,
  { maxAttempts: 3, minDelayMs: 1_000, maxDelayMs: 60_000 },
  { maxAttempts: 8, minDelayMs: 333, maxDelayMs: 5_000 },
])('delays are those that Trigger.dev reckons: %o', (retry) => {
  const { maxAttempts, minDelayMs, maxDelayMs } = retry
  const options = { maxAttempts, minTimeoutInMs: minDelayMs, maxTimeoutInMs: maxDelayMs, factor: 2, randomize: true }
  for (const chance of [0, 0.4, 0.999]) {
    vi.spyOn(Math, 'random').mockReturnValue(chance)
    for (let attempt = 1; attempt <= maxAttempts + 1; attempt++) {
      expect(retryDelayMs(retry, attempt)).toBe(calculateNextRetryDelay(options, attempt) ?? null)
    }
  }
})
