/** As seconds, 31 years: a number from here on is a point in time. */
const FIRST_TIMESTAMP = 1e9
/** As seconds, the year 5138: a number from here on is a point in time in milliseconds. */
const FIRST_MILLISECONDS = 1e11
/** Beyond what a date can be. */
const TOO_LARGE = 1e14
/**
 * As seconds, a century: what lasts longer, such as until the last day of the year 9999, is said to have no end. Reckoned by
 * clocks that differ, it would be a time of the year 10000, which the database does not take.
 */
const ENDLESS = 3.2e9
/** Clocks that differ by more are not late or early but broken, and nobody knows which. */
const MAX_SKEW_MS = 24 * 60 * 60_000

/**
 * What time it is for a provider, by the `Date` of its answer: points in time that it tells are of its clock, which may
 * differ from ours by minutes. It has whole seconds: the later end is taken, so that nothing lasts longer by it.
 * @param date of the answer's headers
 * @param now our own clock, which counts where there is none, or one that is a day off
 */
export function clockOf(date: string | undefined, now: Date): Date {
  const theirs = Date.parse(date ?? '') + 1000
  return Math.abs(theirs - now.getTime()) <= MAX_SKEW_MS ? new Date(theirs) : now
}

/**
 * How many seconds an access token lasts: by `expires_in` (RFC 6749, 5.1), else by `expires_at`, each a number or a string
 * of one, relative or a Unix time, or a date of ISO 8601.
 * @param now what time it was for the provider, see `clockOf`: the token can't be older
 * @returns null: not known. 0, what has passed and what makes no sense are taken for that, or a token would be renewed at
 *   each of its uses; and so is what has no end
 */
export function lifetimeOf(
  { expires_in, expires_at }: { expires_in?: unknown; expires_at?: unknown },
  now: Date,
): number | null {
  return secondsOf(expires_in, now) ?? secondsOf(expires_at, now)
}

/** Names of a refresh token's own end, which RFC 6749 has none for; those that are in use. */
const REFRESH_ENDS = [
  'refresh_token_expires_in',
  'refresh_expires_in',
  'refresh_token_expires_at',
  'refresh_expires_at',
]

/**
 * How many seconds a refresh token lasts, by the first of its names that says it.
 * @param now see `lifetimeOf`
 * @returns null: not known, or without end
 */
export function refreshLifetimeOf(answer: Readonly<Record<string, unknown>>, now: Date): number | null {
  for (const name of REFRESH_ENDS) {
    const seconds = secondsOf(answer[name], now)
    if (seconds !== null) return seconds
  }
  return null
}

function secondsOf(value: unknown, now: Date): number | null {
  const lifetime = typeof value === 'string' && value.includes(':') ? untilDate(value, now) : untilNumber(value, now)
  return lifetime > 0 && lifetime < ENDLESS ? lifetime : null
}

function untilNumber(value: unknown, now: Date): number {
  const isNumeric = typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value)
  const number = isNumeric ? Number(value) : value
  if (typeof number !== 'number' || number >= TOO_LARGE) return Number.NaN
  if (number < FIRST_TIMESTAMP) return number
  return (number < FIRST_MILLISECONDS ? number : number / 1000) - now.getTime() / 1000
}

/** In UTC unless the date says otherwise. */
function untilDate(text: string, now: Date): number {
  const date = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:?\d\d)?$/i.exec(text.trim())
  return date ? (Date.parse(`${date[1]}T${date[2]}${date[3] ?? 'Z'}`) - now.getTime()) / 1000 : Number.NaN
}
