import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { PGlite } from '@electric-sql/pglite'
import type { MigrationConfig } from 'drizzle-orm/migrator'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { lockDataFolder } from './data-folder'
import { renewFigures } from './figures'
import { databaseFolder, guardDatabase, openingError } from './pglite-folder'
import { withSafeTransactions } from './pool'
import * as schema from './schema'
import { giveUpIfSilentOn } from './silence'
import { withStatementTimeout } from './statement-timeout'

/** A database, or a transaction on it. Code that takes one doesn't know which driver is behind it. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>

/** Which database to open. `folder` and `url` are absolute. */
export type DatabaseConfig =
  | { driver: 'pglite'; folder: string }
  | { driver: 'pg' | 'neon'; url: string; poolSize: number; neonProxy?: string; queryTimeoutMs?: number }

export interface OpenDatabase {
  db: Database
  /**
   * A statement with one parameter, a `text[]` of letters, digits, `_` and `-`, for what is asked thousands of times a
   * second: prepared once per connection, its rows as the driver has them.
   */
  prepareLookup<Row>(name: string, statement: string): (values: readonly string[]) => Promise<Row[]>
  /**
   * How many values a prepared look-up is best asked for at once, at most. Behind a socket several statements are under way
   * while the next is put together, and what is answered in one turn stays in the processor's caches; the embedded database
   * has its caller wait, so that fewer statements are better.
   */
  lookupBatch: number
  /** For people: where the data lies, without password. */
  description: string
  /** Applies what is missing of `db/migrations`. Safe when several instances start at once. */
  migrate(): Promise<void>
  /** Waits no longer for a server that hangs; tells whether it was given up on. */
  giveUpIfSilent(): Promise<boolean>
  close(): Promise<void>
}

const migrations: MigrationConfig = { migrationsFolder: join(process.cwd(), 'db', 'migrations') }

/** Any number: what matters is that every instance takes the same advisory lock. */
const MIGRATION_LOCK = 4_605_131_711

/**
 * Opens the database; the embedded one is locked for this process first.
 * @throws {DataFolderHeldError} when another process has the embedded database open; {DataFolderError} where it can't be written, or its database can't be opened
 */
export async function openDatabase(config: DatabaseConfig): Promise<OpenDatabase> {
  switch (config.driver) {
    case 'pglite':
      return openPGlite(config.folder)
    case 'pg':
      return openPostgres(config)
    case 'neon':
      return openNeon(config)
  }
}

// Each driver is imported when it is chosen: PGlite alone is 200 MB of memory that a Postgres user does not owe.

async function openPGlite(folder: string): Promise<OpenDatabase> {
  const lock = await lockDataFolder(folder)
  try {
    const [{ PGlite }, { drizzle }, { migrate }] = await Promise.all([
      import('@electric-sql/pglite'),
      import('drizzle-orm/pglite'),
      import('drizzle-orm/pglite/migrator'),
    ])
    const startParams = [...PGlite.defaultStartParams, '-c', `shared_buffers=${BUFFERS}`]
    const opened = guardDatabase(folder)
    const client = await PGlite.create(databaseFolder(folder), { startParams })
    opened()
    giveWay(client)
    const db = drizzle(client, { schema })
    // What fails is tried again with the next.
    const renewing = setInterval(() => renewFigures(client).catch(() => {}), FIGURES_MS)
    renewing.unref()
    return {
      db,
      prepareLookup: preparerOf(client),
      lookupBatch: 64,
      description: `${databaseFolder(folder)} (embedded)`,
      migrate: async () => {
        await migrate(db, migrations)
        await renewFigures(client)
      },
      // It is in this process.
      giveUpIfSilent: async () => false,
      close: async () => {
        clearInterval(renewing)
        try {
          await client.close()
        } finally {
          lock.release()
        }
      },
    }
  } catch (error) {
    lock.release()
    throw openingError(folder, error)
  }
}

/**
 * How much of its tables is held in memory. PGlite fills all of it with zeros at each start and never gives it back: Postgres's
 * usual 128 MB would be 64 MB more for nothing, see decision 4.
 */
const BUFFERS = '64MB'

const FIGURES_MS = 60_000

/** So long may statements follow each other before requests get their turn. */
const TURN_MS = 5

/**
 * PGlite answers without leaving the turn of the event loop. Work that asks for one thing after the other, such as a job that
 * goes through a table, would keep every request waiting until it ends; hence it goes on in the next turn when it has had this one for long.
 */
function giveWay(client: PGlite): void {
  let since: number | undefined
  async function taking<Result>(work: () => Promise<Result>): Promise<Result> {
    if (since === undefined) {
      since = performance.now()
      setImmediate(() => {
        since = undefined
      })
    }
    const result = await work()
    if (since !== undefined && performance.now() - since >= TURN_MS) await nextTurn()
    return result
  }
  const { query, transaction } = client
  client.query = (...args) => taking(() => query.apply(client, args)) as never
  client.transaction = (work) => taking(() => transaction.call(client, work)) as never
}

/**
 * PGlite parses and plans at every `query`, which takes three times as long as the look-up itself; SQL's own PREPARE
 * plans once for its one session. EXECUTE takes no parameters, hence the literal, of harmless characters only.
 */
function preparerOf(client: PGlite): OpenDatabase['prepareLookup'] {
  const prepared = new Map<string, Promise<unknown>>()
  const prepare = (name: string, statement: string) => {
    const known = prepared.get(name)
    if (known) return known
    const made = client.exec(`prepare ${name} (text[]) as ${statement}`)
    prepared.set(name, made)
    // Tried again at the next look-up when it fails, such as before the tables are there.
    made.catch(() => prepared.delete(name))
    return made
  }
  return <Row>(name: string, statement: string) =>
    async (values: readonly string[]) => {
      const unsafe = values.some((value) => !/^[\w-]+$/.test(value))
      if (unsafe) throw new TypeError('A prepared look-up takes letters, digits, _ and - only')
      await prepare(name, statement)
      const [result] = await client.exec(`execute ${name} ('{${values.join(',')}}')`)
      return (result?.rows ?? []) as Row[]
    }
}

type ServerConfig = Extract<DatabaseConfig, { url: string }>

const STATEMENT_TIMEOUT_MS = 30_000
const SERVER_BATCH = 32

// PgBouncer, which Neon's pooled addresses lead to, ends a connection that begins with a parameter it doesn't know, among
// them `statement_timeout`; hence time-outs on this side, after which the connection is dropped as well.
const poolOptions = ({ url, poolSize }: ServerConfig) => ({
  connectionString: url,
  max: poolSize,
  connectionTimeoutMillis: 5_000,
  application_name: 'fenicia',
})

async function openPostgres(config: ServerConfig): Promise<OpenDatabase> {
  const [{ default: pg }, { drizzle }, { migrate }] = await Promise.all([
    import('pg'),
    import('drizzle-orm/node-postgres'),
    import('drizzle-orm/node-postgres/migrator'),
  ])
  const pool = new pg.Pool({
    ...poolOptions(config),
    keepAlive: true,
    Client: withStatementTimeout(pg.Client, config.queryTimeoutMs ?? STATEMENT_TIMEOUT_MS),
  })
  // A connection that breaks while idle is replaced at the next query; unheard, the event would end the process.
  pool.on('error', () => {})
  return {
    db: withSafeTransactions(
      drizzle(pool, { schema }),
      () => pool.connect(),
      (client) => drizzle(client, { schema }),
    ),
    prepareLookup: (name, text) => async (values) => (await pool.query({ name, text, values: [values] })).rows,
    lookupBatch: SERVER_BATCH,
    description: locate(config.url),
    migrate: () =>
      lockedMigration(
        () => new pg.Client(clientOptions(config)),
        (client) => migrate(drizzle(client, { schema }), migrations),
      ),
    giveUpIfSilent: giveUpIfSilentOn(pool, () => askOnce(() => new pg.Client(poolOptions(config)))),
    close: () => pool.end(),
  }
}

async function openNeon(config: ServerConfig): Promise<OpenDatabase> {
  const [neon, { drizzle }, { migrate }, { WebSocket }] = await Promise.all([
    import('@neondatabase/serverless'),
    import('drizzle-orm/neon-serverless'),
    import('drizzle-orm/neon-serverless/migrator'),
    import('ws'),
  ])
  const { url, neonProxy } = config
  neon.neonConfig.webSocketConstructor = WebSocket
  if (neonProxy) {
    neon.neonConfig.wsProxy = (host, port) => `${neonProxy}/v2?address=${host}:${port}`
    neon.neonConfig.useSecureWebSocket = false
    neon.neonConfig.pipelineConnect = false
  }
  const pool = new neon.Pool({ ...poolOptions(config), query_timeout: config.queryTimeoutMs ?? STATEMENT_TIMEOUT_MS })
  // A connection that breaks while idle is replaced at the next query; unheard, the event would end the process.
  pool.on('error', () => {})
  return {
    db: withSafeTransactions(
      drizzle(pool, { schema }),
      () => pool.connect(),
      (client) => drizzle(client, { schema }),
    ),
    prepareLookup: (name, text) => async (values) => (await pool.query({ name, text, values: [values] })).rows,
    lookupBatch: SERVER_BATCH,
    description: `${locate(url)} (Neon)`,
    migrate: () =>
      lockedMigration(
        () => new neon.Client(clientOptions(config)),
        (client) => migrate(drizzle(client, { schema }), migrations),
      ),
    giveUpIfSilent: giveUpIfSilentOn(pool, () => askOnce(() => new neon.Client(poolOptions(config)))),
    close: () => pool.end(),
  }
}

/** Of a connection that migrates: unlike the pool's, it has no time-out, which changing a large table may exceed. */
const clientOptions = ({ url }: ServerConfig) => ({
  connectionString: url,
  connectionTimeoutMillis: 30_000,
  application_name: 'fenicia',
})

interface OwnClient {
  on(event: 'error', listener: () => void): unknown
  connect(): Promise<unknown>
  query(text: string, values?: unknown[]): Promise<unknown>
  end(): Promise<void>
}

/**
 * Migrates on one connection while another holds the lock: by a transaction and not by its session, since a pooler gives
 * each transaction another session.
 */
async function lockedMigration<Client extends OwnClient>(
  createClient: () => Client,
  migrate: (client: Client) => Promise<void>,
): Promise<void> {
  await connected(createClient, async (lock) => {
    await lock.query('begin')
    await lock.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    await connected(createClient, migrate)
    await lock.query('commit')
  })
}

function askOnce(createClient: () => OwnClient): Promise<void> {
  return connected(createClient, async (client) => {
    await client.query('select 1')
  })
}

/** Does some work on a connection of its own. */
async function connected<Client extends OwnClient>(
  createClient: () => Client,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const client = createClient()
  // Whatever breaks shows in the statement that it breaks; unheard, the event would end the process.
  client.on('error', () => {})
  await client.connect()
  try {
    await work(client)
  } finally {
    // Only of what was connected, and not waited for long: Neon's driver never comes back from ending what is not.
    await Promise.race([client.end(), sleep(2_000, undefined, { ref: false })])
  }
}

function locate(url: string): string {
  const { host, pathname } = new URL(url)
  return `postgres://${host}${pathname}`
}
