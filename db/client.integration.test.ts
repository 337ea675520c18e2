import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { createTestDatabase, DRIVERS, type Driver, type TestDatabase } from '@/test/databases'
import { freePort } from '@/test/postgres'
import { startTcpGate, type TcpGate } from '@/test/tcp-gate'
import { type Database, type DatabaseConfig, type OpenDatabase, openDatabase } from './client'
import { DataFolderError, DataFolderHeldError } from './data-folder'
import { accounts } from './schema'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Opens a database until the end of the test. */
async function open(config: DatabaseConfig): Promise<OpenDatabase> {
  const database = await openDatabase(config)
  cleanups.push(() => database.close())
  return database
}

async function rows<Row>(db: Database, query: string): Promise<Row[]> {
  return ((await db.execute(sql.raw(query))) as unknown as { rows: Row[] }).rows
}

/** A database without a single table. */
async function emptyDatabase(driver: Driver): Promise<DatabaseConfig> {
  if (driver === 'pglite') {
    const folder = await mkdtemp(join(tmpdir(), 'fenicia-empty-'))
    cleanups.push(() => rm(folder, { recursive: true }))
    return { driver, folder }
  }
  const admin = new pg.Client(inject('postgresUrl'))
  await admin.connect()
  cleanups.push(() => admin.end())
  const name = `empty_${randomBytes(6).toString('hex')}`
  await admin.query(`create database ${name}`)
  cleanups.push(() => admin.query(`drop database ${name} with (force)`))
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${name}`
  return { driver, url: url.href, poolSize: 2, ...(driver === 'neon' && { neonProxy: inject('neonProxy') }) }
}

async function journalLength(): Promise<number> {
  const { entries } = JSON.parse(await readFile('db/migrations/meta/_journal.json', 'utf8')) as { entries: unknown[] }
  return entries.length
}

const LOOKUP = 'select name from accounts where id = any($1) order by name'

describe.each(DRIVERS)('migrations (%s)', (driver) => {
  it('make every table in an empty database, and change nothing the second time', async () => {
    const database = await open(await emptyDatabase(driver))
    // A look-up that is asked for before there are tables works once they are there.
    const find = database.prepareLookup('find_names', LOOKUP)
    await expect(find(['acc_1'])).rejects.toThrow('accounts')
    for (let run = 0; run < 2; run++) {
      await database.migrate()
      expect(await find(['acc_1'])).toEqual([])
      expect(await rows(database.db, 'select id from api_keys')).toEqual([])
      expect(await rows(database.db, 'select * from drizzle.__drizzle_migrations')).toHaveLength(await journalLength())
    }
  })
})

describe.each(['pg', 'neon'] as const)('migrations (%s)', (driver) => {
  it('are applied once when many instances start at once', async () => {
    const config = await emptyDatabase(driver)
    const count = driver === 'pg' ? 20 : 5
    const instances = await Promise.all(Array.from({ length: count }, () => open(config)))
    await Promise.all(instances.map((instance) => instance.migrate()))
    const [first] = instances as [OpenDatabase]
    expect(await rows(first.db, 'select * from drizzle.__drizzle_migrations')).toHaveLength(await journalLength())
  }, 120_000)

  it('fail with the reason when the database can not be reached', async () => {
    const { config, drop } = await createTestDatabase(driver)
    cleanups.push(drop)
    if (config.driver === 'pglite') throw new Error('unreachable')
    const url = new URL(config.url)
    url.port = String(await freePort())
    const database = await open({ ...config, url: url.href })
    const reason = driver === 'pg' ? /ECONNREFUSED/ : /terminated unexpectedly/
    await expect(database.migrate()).rejects.toThrow(reason)
  })

  it('fail when their connections break half-way', async () => {
    const { config, drop } = await createTestDatabase(driver)
    cleanups.push(drop)
    if (config.driver === 'pglite') throw new Error('unreachable')
    const direct = await open(config)
    const url = new URL(config.url)
    const gate = await startTcpGate(Number(url.port))
    cleanups.push(() => gate.close())
    url.port = String(gate.port)
    const database = await open({ ...config, url: url.href })
    await direct.db.transaction(async (tx) => {
      await tx.execute(sql`lock table drizzle.__drizzle_migrations`)
      const migrated = database.migrate()
      migrated.catch(() => {})
      await expect.poll(() => gate.greetings.length).toBe(2)
      gate.cut()
      await expect(migrated).rejects.toThrow()
    })
  })

  // A pooler such as PgBouncer gives each transaction another connection: a lock of the session would stay behind on one
  // of them, and no instance would ever start again.
  it('are locked by a transaction, never by a session', async () => {
    const config = await emptyDatabase(driver)
    const database = await open(config)
    await database.migrate()
    await database.db.transaction(async (tx) => {
      await tx.execute(sql`lock table drizzle.__drizzle_migrations`)
      const migrated = database.migrate()
      // By then it waits for the table, with its lock held.
      await expect
        .poll(
          () =>
            rows(
              database.db,
              `select state from pg_locks join pg_stat_activity using (pid) join pg_database on oid = database
             where locktype = 'advisory' and granted and pg_database.datname = current_database()`,
            ),
          { timeout: 20_000 },
        )
        .toEqual([{ state: 'idle in transaction' }])
      await tx.execute(sql`rollback`)
      await migrated
    })
  })
})

describe.each(DRIVERS)('work of many statements (%s)', (driver) => {
  const statement = sql`select count(*) from generate_series(1, 20000)`

  it.each<[string, (db: Database) => Promise<unknown>]>([
    ['alone', (db) => db.execute(statement)],
    ['in transactions', (db) => db.transaction((tx) => tx.execute(statement))],
  ])('lets requests have their turn between them: %s', async (_, step) => {
    const { config, drop } = await createTestDatabase(driver)
    cleanups.push(drop)
    const { db } = await open(config)
    let turns = 0
    const request = () => {
      turns += 1
      next = setImmediate(request)
    }
    let next = setImmediate(request)
    cleanups.push(async () => clearImmediate(next))
    let steps = 0
    for (const end = performance.now() + 200; performance.now() < end || steps < 10; steps++) await step(db)
    // One after each that takes long, as on a busy machine all do; of short ones there are many to a turn.
    expect(turns).toBeGreaterThanOrEqual(Math.min(10, steps / 2))
  })
})

describe.each(DRIVERS)('a prepared look-up (%s)', (driver) => {
  const names = (found: { name: string }[]) => found.map(({ name }) => name)

  it('finds what it is asked for, however often and by however many it was prepared', async () => {
    const { config, drop } = await createTestDatabase(driver)
    cleanups.push(drop)
    const database = await open(config)
    await database.db.insert(accounts).values([
      { id: 'acc_1', name: 'First' },
      { id: 'acc_2', name: 'Second' },
    ])
    const lookups = [1, 2].map(() => database.prepareLookup<{ name: string }>('find_names', LOOKUP))
    for (const find of [...lookups, ...lookups]) {
      expect(names(await find(['acc_1', 'acc_2', 'acc_3']))).toEqual(['First', 'Second'])
      expect(names(await find(['acc_2']))).toEqual(['Second'])
      expect(names(await find([]))).toEqual([])
    }
  })

  it('takes nothing that could end its literal', async () => {
    const { config, drop } = await createTestDatabase(driver)
    cleanups.push(drop)
    const database = await open(config)
    await database.db.insert(accounts).values({ id: 'acc_1', name: 'First' })
    const find = database.prepareLookup<{ name: string }>('find_names', LOOKUP)
    for (const value of ["'", '"', '}', ',', '\\', "acc_1'}); drop table accounts; --"]) {
      expect(await find([value]).catch(() => 'refused')).toEqual(driver === 'pglite' ? 'refused' : [])
    }
    expect(names(await find(['acc_1']))).toEqual(['First'])
  })
})

describe('a folder of the embedded database', () => {
  it('is refused while it is open, and free once it is closed', async () => {
    const { config, drop } = await createTestDatabase('pglite')
    cleanups.push(drop)
    const first = await openDatabase(config)
    await expect(openDatabase(config)).rejects.toThrow(DataFolderHeldError)
    await first.close()
    await open(config)
  })

  it('is free again when opening it failed', async () => {
    const { config, drop } = await createTestDatabase('pglite')
    cleanups.push(drop)
    if (config.driver !== 'pglite') throw new Error('unreachable')
    const pgdata = join(config.folder, 'pgdata')
    await rename(pgdata, `${pgdata}.aside`)
    await writeFile(pgdata, 'not a folder')
    await expect(openDatabase(config)).rejects.not.toThrow(DataFolderHeldError)
    await rm(pgdata)
    await rename(`${pgdata}.aside`, pgdata)
    await open(config)
  })
})

describe('an embedded database that can not be opened', () => {
  /** A data folder, and what of its database is to be broken. */
  async function folderWith(spoil: (pgdata: string) => Promise<unknown>): Promise<string> {
    const { config, drop } = await createTestDatabase('pglite')
    cleanups.push(drop)
    if (config.driver !== 'pglite') throw new Error('unreachable')
    await spoil(join(config.folder, 'pgdata'))
    return config.folder
  }
  const opening = (folder: string) => openDatabase({ driver: 'pglite', folder })

  it('because it is damaged is said to be, with what to do', async () => {
    const folder = await folderWith((pgdata) => rm(join(pgdata, 'global/pg_control')))
    await expect(opening(folder)).rejects.toThrow(DataFolderError)
    await expect(opening(folder)).rejects.toThrow(/pgdata.* damaged or incomplete \(PGlite: .+\)\. .*backup/)
    await expect(opening(folder)).rejects.toThrow(folder)
  })

  it('because another Postgres made it is told by both versions', async () => {
    const folder = await folderWith((pgdata) => writeFile(join(pgdata, 'PG_VERSION'), '16\n'))
    await expect(opening(folder)).rejects.toThrow(/Postgres 16.* opens those of 18 .*backup/)
  })

  it('because the file is missing that marks it is left as it is, and no new one is put over it', async () => {
    const folder = await folderWith((pgdata) => rm(join(pgdata, 'PG_VERSION')))
    const before = await readdir(join(folder, 'pgdata'), { recursive: true })
    await expect(opening(folder)).rejects.toThrow(/PG_VERSION.* backup/)
    expect(await readdir(join(folder, 'pgdata'), { recursive: true })).toEqual(before)
  })

  it('because its making was cut off is made again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fenicia-cut-off-'))
    cleanups.push(() => rm(folder, { recursive: true, force: true }))
    await mkdir(join(folder, 'pgdata/base'), { recursive: true })
    await writeFile(join(folder, 'pgdata.new'), '')
    await (await opening(folder)).close()
    expect(await readdir(folder)).not.toContain('pgdata.new')
    // What the words of the test before are true of.
    expect(await readFile(join(folder, 'pgdata/PG_VERSION'), 'utf8')).toBe('18\n')
  })
})

describe('the description', () => {
  it('tells where a Postgres is without its password', async () => {
    const { config, drop } = await createTestDatabase('pg')
    cleanups.push(drop)
    if (config.driver === 'pglite') throw new Error('unreachable')
    const { host, pathname, password } = new URL(config.url)
    const { description } = await open(config)
    expect(description).toBe(`postgres://${host}${pathname}`)
    expect(description).not.toContain(password)
  })
})

describe.each(['pg', 'neon'] as const)('a connection that misbehaves (%s)', (driver) => {
  let source: TestDatabase
  let gate: TcpGate
  let database: OpenDatabase

  beforeEach(async () => {
    source = await createTestDatabase(driver)
    cleanups.push(source.drop)
    if (source.config.driver === 'pglite') throw new Error('unreachable')
    const url = new URL(source.config.url)
    gate = await startTcpGate(Number(url.port))
    cleanups.push(() => gate.close())
    url.port = String(gate.port)
    database = await open({ ...source.config, url: url.href, poolSize: 1, queryTimeoutMs: 300 })
  })

  it('starts with no parameter that poolers refuse', async () => {
    await rows(database.db, 'select 1')
    const names = (gate.greetings[0] as Buffer)
      .subarray(8)
      .toString()
      .split('\0')
      .filter((_, index) => index % 2 === 0)
    // PgBouncer's own list; it ends the connection at any other.
    const known = ['user', 'database', 'client_encoding', 'application_name', 'datestyle', 'timezone']
    expect(known).toEqual(expect.arrayContaining(names.filter(Boolean)))
  })

  it('in a transaction fails the transaction, and neither ends the process nor costs the pool a connection', async () => {
    const work = database.db.transaction(async (tx) => {
      await tx.execute(sql`select 1`)
      gate.cut()
      await tx.execute(sql`select 1`)
    })
    await expect(work).rejects.toThrow()
    expect(await rows(database.db, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('between statements of a transaction does the same', async () => {
    const work = database.db.transaction(async (tx) => {
      await tx.execute(sql`select 1`)
      gate.cut()
      await new Promise((resolve) => setTimeout(resolve, 50))
      await tx.execute(sql`select 1`)
    })
    await expect(work).rejects.toThrow()
    expect(await rows(database.db, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('at the beginning of a transaction costs the pool no connection', async () => {
    await rows(database.db, 'select 1')
    gate.shut()
    await expect(database.db.transaction(async () => {})).rejects.toThrow()
    gate.open()
    expect(await rows(database.db, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('leaves no open transaction to whoever comes next', async () => {
    await database.db.execute(sql`create table notes (note text)`)
    const work = database.db.transaction(async (tx) => {
      await tx.execute(sql`insert into notes values ('half done')`)
      gate.shut()
      await tx.execute(sql`select 1`)
    })
    await expect(work).rejects.toThrow()
    gate.open()
    await database.db.transaction(async (tx) => {
      await tx.execute(sql`insert into notes values ('whole')`)
    })
    expect(await rows(database.db, 'select note from notes')).toEqual([{ note: 'whole' }])
  })
})

it('the embedded database keeps 64 MB of its tables ready, and no more memory for it', async () => {
  const source = await createTestDatabase('pglite')
  cleanups.push(source.drop)
  const { db } = await open(source.config)
  expect(await rows(db, 'show shared_buffers')).toEqual([{ shared_buffers: '64MB' }])
})
