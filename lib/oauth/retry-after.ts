/** No provider means longer than a day by it, and a number that is larger is no time to wait for. */
const MAX_MS = 24 * 60 * 60_000

/**
 * How long a Retry-After (RFC 9110, 10.2.3) asks to wait, in milliseconds, a day at most.
 * @param value seconds, also with a fraction, which the RFC does not have but services send; or an HTTP date
 * @returns null when there is none, or none that can be understood
 */
export function parseRetryAfter(value: string | undefined, now = Date.now()): number | null {
  const text = value?.trim() ?? ''
  const ms = /^\d+(\.\d+)?$/.test(text)
    ? Math.ceil(Number(text) * 1000)
    : /^[a-z]{3,9},? /i.test(text)
      ? Date.parse(text) - now
      : Number.NaN
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), MAX_MS)
}
