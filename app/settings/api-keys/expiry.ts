/** When a new key expires, as the form offers it. */
export type ExpiryChoice = 'never' | '30d' | '90d' | '1y' | 'date'

export const expiryNames: Record<ExpiryChoice, string> = {
  never: 'Never',
  '30d': 'In 30 days',
  '90d': 'In 90 days',
  '1y': 'In 1 year',
  date: 'On a date',
}

const DAYS = { '30d': 30, '90d': 90, '1y': 365 }

/**
 * The point in time that a choice means, as the API takes it; null: never. A date means its last second, in the
 * person's own time zone. A date that was not filled in comes back as '', for the server to refuse.
 * @param date `2027-01-31`, as a date control gives it
 */
export function expiresAt(choice: ExpiryChoice, date: string, now = new Date()): string | null {
  if (choice === 'never') return null
  if (choice !== 'date') {
    const then = new Date(now)
    // In calendar days, so that the hour stays the same when the clocks change.
    then.setDate(then.getDate() + DAYS[choice])
    return then.toISOString()
  }
  const [year, month, day] = date.split('-').map(Number)
  if (!year || !month || !day) return ''
  const end = new Date(year, month - 1, day, 23, 59, 59)
  // JavaScript reads years below 100 as of the twentieth century.
  end.setFullYear(year)
  return end.toISOString()
}
