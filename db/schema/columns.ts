import { customType, timestamp } from 'drizzle-orm/pg-core'

/**
 * Text compared byte by byte (`collate "C"`): for ids, hashes and other strings of machines, where a locale's
 * order would be slower and would differ from one database to the next.
 */
export const bytewise = customType<{ data: string; driverData: string }>({ dataType: () => 'text collate "C"' })

/** A point in time, with time zone, to the microsecond that Postgres keeps. */
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
