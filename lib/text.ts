import { z } from 'zod'

/** A control character, or half of a surrogate pair: neither can be stored or shown faithfully. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u

/** Most of a token, or all of it: what is stored and shown must never hold one. */
const TOKEN = /fn_(live|test)_[0-9A-Za-z]{20}/

/** Whether text can be stored, and so whether it is worth looking for. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text)
}

/** What a program says of itself, such as its user agent, made storable: cut to `max` characters, oddities replaced. */
export function storable(text: string, max: number): string {
  return withoutTokens(text)
    .slice(0, max)
    .replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd')
}

/** A text with every token, or what is most of one, blanked; also one that is percent-encoded, whole or in part. */
export function withoutTokens(text: string): string {
  const blanked = withoutPlainTokens(text)
  return urlHoldsToken(blanked) ? withoutPlainTokens(decodeAscii(blanked)) : blanked
}

function withoutPlainTokens(text: string): string {
  return text.replace(/fn_(live|test)_[0-9A-Za-z]{20,}/g, 'fn_$1_[removed]')
}

/** Whether an address has a token anywhere: there it would end up in logs, histories and Referer headers. */
export function urlHoldsToken(url: string): boolean {
  return TOKEN.test(decodeAscii(url))
}

/** What is wrong with a setting that holds a token, to be read after its field's name. */
export const HOLDS_TOKEN =
  'must not hold a token of Fenicia: this is shown, and audited. Where a service is to see a token, put it into a credential'

/** Undoes percent-encoding of ASCII, as far as there is any: a token must be found beside what can't be decoded. */
export function decodeAscii(url: string): string {
  return url.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Characters that turn the direction of all that follows, so that a name could be shown as another. */
const TURNS_DIRECTION = /[\u202a-\u202e\u2066-\u2069]/
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

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
        .refine(
          (text) => isStorable(text) && !TURNS_DIRECTION.test(text) && !/[\u2028\u2029]/.test(text),
          'must not contain control characters or broken Unicode',
        )
        .refine((text) => text === '' || VISIBLE.test(text), 'must have a visible character')
        .refine((text) => !TOKEN.test(text), 'must not contain a token'),
    )
}
