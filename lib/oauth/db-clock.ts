import { type SQL, sql } from 'drizzle-orm'

/** Now, by the database's clock: those of the instances may differ. */
export const NOW = sql`clock_timestamp()`

/**
 * A point in time by the database's clock.
 * @param ms from now; negative: it has gone by; null: there is none
 */
export function fromNow(ms: number | null): SQL {
  return ms === null ? sql`null::timestamptz` : sql`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`
}
