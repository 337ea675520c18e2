import { type Placeholder, type SQL, sql } from 'drizzle-orm'

/** Now, by the database's clock: those of the instances may differ. */
export const NOW = sql`clock_timestamp()`

/**
 * A point in time by the database's clock.
 * @param ms from now; negative: it has gone by; null: there is none. Or the placeholder of that, in a prepared statement
 */
export function fromNow(ms: number | Placeholder | null): SQL {
  return ms === null ? sql`null::timestamptz` : sql`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`
}
