import { vi } from 'vitest'

/** Calls `assert` again and again until it passes; after twenty seconds, since machines are slow at times, its last failure is the test's. */
export function eventually<Result>(assert: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(assert, { timeout: 20_000 })
}
