import { type AnyColumn, type SQL, sql } from 'drizzle-orm'

/** Now, by the database's clock: those of the instances may differ. */
export const NOW = sql`clock_timestamp()`

/**
 * A point in time by the database's clock.
 * @param ms from now; negative: it has gone by; null: there is none
 */
export function fromNow(ms: number | null): SQL {
  return ms === null ? sql`null::timestamptz` : sql`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`
}

/** Ends of refresh tokens that differ by less are the same one, told anew as seconds from then. */
const SAME_END = sql`interval '5 minutes'`

/** Whether two ends of a refresh token are one. */
export function isSameEnd(one: AnyColumn | SQL, other: SQL): SQL {
  return sql`abs(extract(epoch from (${one} - (${other})))) < extract(epoch from ${SAME_END})`
}
