import { sql } from 'drizzle-orm'
import type { Database } from './client'

/**
 * Looks whether the sessions of a database write dates as they are read here. In another style than ISO the drivers find no
 * date, so that a key which ends would not, or take the day for the month. It can't be set by the connection itself: poolers
 * give each transaction another session. What else a role or a database may set – TimeZone, IntervalStyle, bytea_output –
 * changes nothing: times come with their zone, days are reckoned in UTC, and neither intervals nor bytes are read.
 * @returns what is wrong and what to do, in words for whoever runs the server; null: nothing is
 */
export async function sessionProblem(db: Database): Promise<string | null> {
  const result = await db.execute(sql`
    select current_setting('DateStyle') as style, quote_ident(current_database()) as database, quote_ident(current_user) as role`)
  const { rows } = result as unknown as { rows: { style: string; database: string; role: string }[] }
  const [{ style, database, role } = { style: '', database: '', role: '' }] = rows
  if (style.startsWith('ISO')) return null
  return [
    `Fenicia can't start on this database: it writes dates in the style “${style}”, and Fenicia reads ISO.`,
    `Have it set for Fenicia's role, which that role may do itself, and start again:`,
    `  alter role ${role} in database ${database} set datestyle = 'ISO';`,
    'Have a pooler in between connect anew as well. Where DATABASE_URL has options that name DateStyle, take it out there.',
  ].join('\n')
}
