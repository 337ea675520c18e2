import { integer, pgTable } from 'drizzle-orm/pg-core'
import { at, bytewise } from './columns'

/** Counters of failed sign-ins, in the shape that rate-limiter-flexible's Drizzle store asks for. */
export const signInFailures = pgTable('sign_in_failures', {
  key: bytewise('key').primaryKey(),
  points: integer('points').notNull(),
  expire: at('expire'),
})
