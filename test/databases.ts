import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, describe, expect, inject } from 'vitest'
import { type DatabaseConfig, type OpenDatabase, openDatabase } from '@/db/client'
import { copyFolder } from './copy-folder'
import { TEMPLATE } from './integration-setup'

export type Driver = DatabaseConfig['driver']
export const DRIVERS: readonly Driver[] = ['pglite', 'pg', 'neon']

/** A database of one's own: migrated, empty, and gone after `drop`. Nothing has it open yet. */
export interface TestDatabase {
  config: DatabaseConfig
  drop(): Promise<void>
}

/** Makes a fresh database for one of the drivers, as a copy of the migrated one. */
export async function createTestDatabase(driver: Driver): Promise<TestDatabase> {
  if (driver === 'pglite') {
    const folder = await mkdtemp(join(tmpdir(), 'fenicia-test-'))
    await copyFolder(inject('pgliteTemplate'), folder)
    return { config: { driver, folder }, drop: () => rm(folder, { recursive: true, force: true }) }
  }
  const name = `test_${randomBytes(6).toString('hex')}`
  await administrate(`create database ${name} template ${TEMPLATE}`)
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${name}`
  const neonProxy = driver === 'neon' ? { neonProxy: inject('neonProxy') } : {}
  return {
    config: { driver, url: url.href, poolSize: 10, ...neonProxy },
    drop: () => administrate(`drop database ${name} with (force)`),
  }
}

/**
 * Neon's driver speaks to the same Postgres as `pg`'s. What is written for one of them is looked at with both in these folders,
 * where statements are of our own making; elsewhere when all is asked for (FENICIA_TEST_ALL=1), since a run has its time.
 */
const WITH_NEON = /\/(db|lib\/api-keys)\//

function driversHere(): readonly Driver[] {
  const isWithNeon = process.env.FENICIA_TEST_ALL || WITH_NEON.test(expect.getState().testPath ?? '')
  return isWithNeon ? DRIVERS : DRIVERS.filter((driver) => driver !== 'neon')
}

/**
 * Runs a suite once on each database: embedded, Postgres, and, see above, Neon. `open` makes and opens a fresh one each time it is called,
 * usually in `beforeAll`; whatever it opened is closed and dropped after the suite.
 */
export function forEachDatabase(
  name: string,
  suite: (open: () => Promise<OpenDatabase>, driver: Driver) => void,
): void {
  describe.each(driversHere())(`${name} (%s)`, (driver) => {
    const opened: { close(): Promise<void>; drop(): Promise<void> }[] = []
    // Registered before the suite's own hooks, so that it runs after them.
    afterAll(async () => {
      for (const { close, drop } of opened) {
        await close()
        await drop()
      }
    })
    suite(async () => {
      const source = await createTestDatabase(driver)
      const database = await openDatabase(source.config)
      // A suite may close it itself, to see what comes of that; a pool refuses to be closed twice.
      let closed = false
      const close = async () => {
        if (closed) return
        closed = true
        await database.close()
      }
      opened.push({ close, drop: source.drop })
      return { ...database, close }
    }, driver)
  })
}

async function administrate(statement: string): Promise<void> {
  const client = new pg.Client(inject('postgresUrl'))
  await client.connect()
  await client.query(statement).finally(() => client.end())
}
