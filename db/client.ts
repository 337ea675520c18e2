import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { MigrationConfig } from 'drizzle-orm/migrator'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { lockDataFolder } from './data-folder'
import * as schema from './schema'

/** A database, or a transaction on it. Code that takes one doesn't know which driver is behind it. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>

/** Which database to open. `folder` and `url` are absolute. */
export type DatabaseConfig =
  | { driver: 'pglite'; folder: string }
  | { driver: 'pg' | 'neon'; url: string; poolSize: number; neonProxy?: string }

export interface OpenDatabase {
  db: Database
  /** For people: where the data lies, without password. */
  description: string
  /** Applies what is missing of `db/migrations`. Safe when several instances start at once. */
  migrate(): Promise<void>
  close(): Promise<void>
}

const migrations: MigrationConfig = { migrationsFolder: join(process.cwd(), 'db', 'migrations') }

/** Any number: what matters is that every instance takes the same advisory lock. */
const MIGRATION_LOCK = 4_605_131_711

/**
 * Opens the database; the embedded one is locked for this process first.
 * @throws {DataFolderHeldError} when another process has the embedded database open
 */
export async function openDatabase(config: DatabaseConfig): Promise<OpenDatabase> {
  switch (config.driver) {
    case 'pglite':
      return openPGlite(config.folder)
    case 'pg':
      return openPostgres(config.url, config.poolSize)
    case 'neon':
      return openNeon(config.url, config.poolSize, config.neonProxy)
  }
}

// Each driver is imported when it is chosen: PGlite alone is 300 MB of memory that a Postgres user does not owe.

async function openPGlite(folder: string): Promise<OpenDatabase> {
  const lock = await lockDataFolder(folder)
  try {
    const [{ PGlite }, { drizzle }, { migrate }] = await Promise.all([
      import('@electric-sql/pglite'),
      import('drizzle-orm/pglite'),
      import('drizzle-orm/pglite/migrator'),
    ])
    const client = await PGlite.create(join(folder, 'pgdata'))
    const db = drizzle(client, { schema })
    return {
      db,
      description: `${join(folder, 'pgdata')} (embedded)`,
      migrate: () => migrate(db, migrations),
      close: async () => {
        await client.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

const poolOptions = (url: string, max: number) => ({
  connectionString: url,
  max,
  connectionTimeoutMillis: 5_000,
  statement_timeout: 30_000,
  // For a connection that died without a word: the driver then drops it from the pool.
  query_timeout: 35_000,
  application_name: 'fenicia',
})

async function openPostgres(url: string, poolSize: number): Promise<OpenDatabase> {
  const [{ default: pg }, { drizzle }, { migrate }] = await Promise.all([
    import('pg'),
    import('drizzle-orm/node-postgres'),
    import('drizzle-orm/node-postgres/migrator'),
  ])
  const pool = new pg.Pool({ ...poolOptions(url, poolSize), keepAlive: true })
  // A connection that breaks while idle is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {})
  return {
    db: drizzle(pool, { schema }),
    description: locate(url),
    migrate: async () => {
      // Not of the pool, whose time-outs a migration of a large table may exceed.
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      try {
        await lockedMigration(drizzle(client, { schema }), migrate)
      } finally {
        await client.end()
      }
    },
    close: () => pool.end(),
  }
}

async function openNeon(url: string, poolSize: number, proxy: string | undefined): Promise<OpenDatabase> {
  const [neon, { drizzle }, { migrate }, { WebSocket }] = await Promise.all([
    import('@neondatabase/serverless'),
    import('drizzle-orm/neon-serverless'),
    import('drizzle-orm/neon-serverless/migrator'),
    import('ws'),
  ])
  neon.neonConfig.webSocketConstructor = WebSocket
  if (proxy) {
    neon.neonConfig.wsProxy = (host, port) => `${proxy}/v2?address=${host}:${port}`
    neon.neonConfig.useSecureWebSocket = false
    neon.neonConfig.pipelineConnect = false
  }
  const pool = new neon.Pool(poolOptions(url, poolSize))
  pool.on('error', () => {})
  return {
    db: drizzle(pool, { schema }),
    description: `${locate(url)} (Neon)`,
    migrate: async () => {
      // Not of the pool, whose time-outs a migration of a large table may exceed.
      const client = new neon.Client({ connectionString: url })
      await client.connect()
      try {
        await lockedMigration(drizzle(client, { schema }), migrate)
      } finally {
        await client.end()
      }
    },
    close: () => pool.end(),
  }
}

/** The advisory lock belongs to the connection, hence `db` must be on one connection. */
async function lockedMigration<Db extends Database>(
  db: Db,
  migrate: (db: Db, config: MigrationConfig) => Promise<void>,
): Promise<void> {
  await db.execute(sql`select pg_advisory_lock(${MIGRATION_LOCK})`)
  try {
    await migrate(db, migrations)
  } finally {
    await db.execute(sql`select pg_advisory_unlock(${MIGRATION_LOCK})`)
  }
}

function locate(url: string): string {
  const { host, pathname } = new URL(url)
  return `postgres://${host}${pathname}`
}
