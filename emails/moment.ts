import type { Words } from './words/words'

/** A point in time, in UTC: where its reader is, is not known. */
export function moment(iso: string, { locale }: Pick<Words, 'locale'>): string {
  const at = new Date(iso)
  // What cannot be read is shown as it is: a mail that lacks its form is better than none.
  if (Number.isNaN(at.getTime())) return iso
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  return `${format.format(at)} UTC`
}

/** How many days are left until an end, one that has begun counted; 0: it is over. */
export function daysUntil(end: string, now: Date): number {
  return Math.max(0, Math.ceil((new Date(end).getTime() - now.getTime()) / 86_400_000))
}
