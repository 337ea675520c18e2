import { DrizzleQueryError } from 'drizzle-orm'
import type { Database } from './client'

// What the connections of pg and of Neon have in common.
interface PooledClient {
  on(event: 'error', listener: () => void): unknown
  release(destroy: boolean): void
}

/**
 * A database on a pool, whose transactions always give their connection back, and only in good order. drizzle's own
 * keep it for ever when `begin` fails, and hand it on inside the open transaction when `rollback` does.
 * @param connect takes a connection out of the pool
 * @param databaseOn drizzle on such a connection
 */
export function withSafeTransactions<Client extends PooledClient>(
  pooled: Database,
  connect: () => Promise<Client>,
  databaseOn: (client: Client) => Database,
): Database {
  const known = new WeakMap<Client, Database>()
  const use = (client: Client) => {
    let database = known.get(client)
    if (!database) {
      database = databaseOn(client)
      known.set(client, database)
      // The statement that a break hits tells of it. The event is for others; unheard, it would end the process, and
      // the pool listens to idle connections only.
      client.on('error', () => {})
    }
    return database
  }

  pooled.transaction = async (work, config) => {
    const client = await connect()
    let isInOrder = true
    try {
      return await use(client).transaction(work, config)
    } catch (error) {
      // Any other error has been followed by a `rollback` that succeeded: had it failed, this would be its error.
      isInOrder = !(error instanceof DrizzleQueryError)
      throw error
    } finally {
      client.release(!isInOrder)
    }
  }
  return pooled
}
