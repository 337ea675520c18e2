const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

const units = [
  ['year', 365 * 24 * 3600],
  ['month', 30 * 24 * 3600],
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
] as const

/** From when on a time to come is said in months: whole months of fewer would hide most of one, such as 30 of 89 days. */
const LEAST_MONTHS_AHEAD = 3

/** A time as people say it, seen from `now`: "just now", "3 minutes ago", "in 2 days". Whole units, rounded towards now. */
export function relativeTime(date: Date, now: Date): string {
  const seconds = (date.getTime() - now.getTime()) / 1000
  for (const [unit, length] of units) {
    const least = unit === 'month' && seconds > 0 ? LEAST_MONTHS_AHEAD * length : length
    if (Math.abs(seconds) >= least) return relative.format(Math.trunc(seconds / length), unit)
  }
  return seconds > 10 ? 'in less than a minute' : 'just now'
}

/** A time to the second with its zone, "3 May 2026, 14:05:09 UTC". `timeZone` is the reader's own unless given. */
export function absoluteTime(date: Date, timeZone?: string): string {
  return date.toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    timeZone,
  })
}

/** A day, "3 May 2026". `timeZone` is the reader's own unless given. */
export function absoluteDay(date: Date, timeZone?: string): string {
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone })
}
