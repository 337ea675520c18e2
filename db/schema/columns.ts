import { sql } from 'drizzle-orm'
import { bigint, customType, integer, timestamp } from 'drizzle-orm/pg-core'

/**
 * Text compared byte by byte (`collate "C"`): for ids, hashes and other strings of machines, where a locale's
 * order would be slower and would differ from one database to the next.
 */
export const bytewise = customType<{ data: string; driverData: string }>({ dataType: () => 'text collate "C"' })

/** A point in time, with time zone, to the microsecond that Postgres keeps. */
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** As text: a whole row may be written as JSON, which knows no bigint, and a number has 53 bits. */
const int8 = customType<{ data: string; driverData: unknown }>({ dataType: () => 'bigint', fromDriver: String })

/**
 * A number that a trigger makes anew with each change of the row, for whoever has read the row and asks whether it is still as
 * it was. At random, and not counted: where a backup is restored and changed, what a count has come to once it comes to again.
 */
export const rowVersion = () => int8('row_version').notNull().default(sql`hashtextextended(gen_random_uuid()::text, 0)`)

/**
 * Of what is sent by one worker at a time. It holds the lease; its number (`fence`) is asked for again when the result is
 * stored, so that a late worker changes nothing.
 */
export const sending = () => ({
  attempts: integer('attempts').notNull().default(0),
  fence: bigint('fence', { mode: 'number' }).notNull().default(0),
  leaseUntil: at('lease_until'),
  endedAt: at('ended_at'),
})
