import { z } from 'zod'

/** A control character, or half of a surrogate pair: neither can be stored or shown faithfully. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u

/** Most of a token, or all of it: what is stored and shown must never hold one. */
const TOKEN = /fn_(live|test)_[0-9A-Za-z]{20}/

/** Text that a person typed for people to read, of 1 to `max` characters after trimming, in Unicode's NFC. */
export function displayText(max: number) {
  return z
    .string()
    .transform((text) => text.normalize('NFC').trim())
    .pipe(
      z
        .string()
        .min(1, 'must not be empty')
        // Counted as Postgres does, in code points.
        .refine((text) => [...text].length <= max, `must be ${max} characters or fewer`)
        .refine((text) => !UNSTORABLE.test(text), 'must not contain control characters or broken Unicode')
        .refine((text) => !TOKEN.test(text), 'must not contain a token'),
    )
}
