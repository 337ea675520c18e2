/** As seconds, 31 years: a number from here on is a point in time. */
const FIRST_TIMESTAMP = 1e9
/** As seconds, the year 5138: a number from here on is a point in time in milliseconds. */
const FIRST_MILLISECONDS = 1e11
/** Beyond what a date can be. */
const TOO_LARGE = 1e14

/**
 * How many seconds an access token lasts: by `expires_in` (RFC 6749, 5.1), else by `expires_at`, each a number or a string
 * of one, relative or a Unix time, or a date of ISO 8601.
 * @param now when the request was sent: the token can't be older
 * @returns null: not known. 0, what has passed and what makes no sense are taken for that, or a token would be renewed at
 *   each of its uses
 */
export function lifetimeOf(
  { expires_in, expires_at }: { expires_in?: unknown; expires_at?: unknown },
  now: Date,
): number | null {
  return secondsOf(expires_in, now) ?? secondsOf(expires_at, now)
}

function secondsOf(value: unknown, now: Date): number | null {
  const lifetime = typeof value === 'string' && value.includes(':') ? untilDate(value, now) : untilNumber(value, now)
  return lifetime > 0 ? lifetime : null
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
