import { z } from 'zod'

// Rules that fields of several kinds share.

const MAX_TEXT = 1_024

/** A line of text that is kept as it was typed. */
export const text = (max = MAX_TEXT) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must be ${max} characters or fewer`)
    .refine((value) => !/[\p{Cc}\p{Cs}]/u.test(value), 'must not contain control characters or broken Unicode')

/** What the flow itself sets at a token endpoint. */
export const RESERVED_PARAMETERS: ReadonlySet<string> = new Set([
  'grant_type',
  'client_id',
  'client_secret',
  'refresh_token',
  'scope',
  'audience',
  'client_assertion',
  'client_assertion_type',
  'code',
  'code_verifier',
  'redirect_uri',
])

/** Names and values that an endpoint wants besides what the flow sets; names of `reserved` are refused. */
export function parameters(reserved: ReadonlySet<string>, description: string) {
  const name = text(128).refine(
    (typed) => !reserved.has(typed.toLowerCase()),
    'is a parameter that Fenicia sets by itself: leave it out',
  )
  return z
    .array(z.strictObject({ name, value: text() }))
    .max(20, 'must be 20 or fewer')
    .default([])
    .meta({ description })
}
