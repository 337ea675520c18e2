import type { Database } from './client'

/**
 * A statement that is asked so often that putting its SQL together, and having it planned, would cost as much as the rest: put
 * together once for a database, and, prepared with a name, planned once for each connection.
 * @param prepare drizzle's `prepare`, with placeholders for whatever differs from one time to the next
 * @returns the statement on a database, or in a transaction
 */
export function preparedOnce<Statement>(prepare: (db: Database) => Statement): (db: Database) => Statement {
  const known = new WeakMap<Database, Statement>()
  return (db) => {
    const made = known.get(db)
    if (made) return made
    const statement = prepare(db)
    known.set(db, statement)
    return statement
  }
}
