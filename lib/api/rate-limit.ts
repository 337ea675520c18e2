import type { KeyRecord } from '../api-keys'

/** The names of the policies: `default` is the key's rate, `monthly` its quota of the calendar month. */
const RATE = '"default"'
const QUOTA = '"monthly"'

/**
 * `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-11, structured fields of RFC 9651): what a key
 * may do, and what is left of it until when. Other instances may have leased a part of what is not left.
 * @returns undefined: the key has neither a rate nor a quota
 */
export function rateLimitHeaders(key: KeyRecord | null): Record<string, string> | undefined {
  const { rate, quota } = key?.allowance ?? {}
  if (!rate && !quota) return undefined
  const policies: string[] = []
  const limits: string[] = []
  if (rate) {
    policies.push(`${RATE};q=${rate.limit};w=${rate.window}`)
    limits.push(`${RATE};r=${rate.remaining};t=${rate.seconds}`)
  }
  if (quota) {
    // Without a window: months are not all of one length, and `t` tells when this one ends.
    policies.push(`${QUOTA};q=${quota.limit}`)
    limits.push(`${QUOTA};r=${quota.remaining};t=${quota.seconds}`)
  }
  return { 'RateLimit-Policy': policies.join(', '), RateLimit: limits.join(', ') }
}
