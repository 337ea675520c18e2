/**
 * Whether the database reads a time as it is handed over: of the years 1 to 9999, which are written in four digits and without
 * a sign. Years beyond are valid in a date-time with an offset, at the end of a day, and to a schema.
 */
export function isStorableTime(time: Date): boolean {
  const year = time.getUTCFullYear()
  return year >= 1 && year <= 9_999
}
