/** The requests of one day (UTC). */
export interface UsageDay {
  /** `2026-11-24` */
  day: string
  /** "24 Nov" */
  label: string
  requests: number
}

const DAY_MS = 86_400_000

/** Puts dates to counts per day, of which the last is today's (UTC). */
export function usageDays(counts: readonly number[], now: Date): UsageDay[] {
  return counts.map((requests, index) => {
    const date = new Date(now.getTime() - (counts.length - 1 - index) * DAY_MS)
    return {
      day: date.toISOString().slice(0, 10),
      label: date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }),
      requests,
    }
  })
}

/** The round number, of 4 or more, that a scale ends with so that `highest` fits below it and its half is whole. */
export function scaleEnd(highest: number): number {
  for (let power = 1; ; power *= 10) {
    const end = [4, 6, 8, 10, 20].map((step) => step * power).find((candidate) => candidate >= highest)
    if (end !== undefined) return end
  }
}
