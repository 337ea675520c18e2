import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { log } from './log'

/** How long the database may take to answer. */
const BOUND_MS = 2_000

export interface Readiness {
  ready: boolean
  checks: { database: 'ok' | 'failed'; migrations: 'ok' | 'failed' | 'unknown' }
}

/** Asks the database, within two seconds, whether it answers and has the migrations of this version (or later ones). */
export async function readiness(db: Database, boundMs = BOUND_MS): Promise<Readiness> {
  const bound = new AbortController()
  try {
    const applied = await Promise.race([
      newestMigration(db),
      sleep(boundMs, undefined, { signal: bound.signal }).then(() => {
        throw new Error(`The database did not answer within ${boundMs} ms`)
      }),
    ])
    const ready = applied >= expectedMigration()
    return { ready, checks: { database: 'ok', migrations: ready ? 'ok' : 'failed' } }
  } catch (error) {
    log.warn({ err: error }, 'The database is not ready')
    return { ready: false, checks: { database: 'failed', migrations: 'unknown' } }
  } finally {
    bound.abort()
  }
}

/**
 * What operators are to know when a newer version has migrated the database: what it added, such as a limit of keys, holds
 * nobody here.
 * @returns null when none has
 */
export async function newerDatabaseWarning(db: Database): Promise<string | null> {
  if ((await newestMigration(db)) <= expectedMigration()) return null
  return 'A newer version of Fenicia has migrated this database. What came with it is neither kept up nor enforced by this one: start the newer version, or put back a backup that was made before'
}

/** When the newest applied migration was written, as drizzle notes it: milliseconds since 1970. */
async function newestMigration(db: Database): Promise<number> {
  const result = await db.execute(sql`select max(created_at) as newest from drizzle.__drizzle_migrations`)
  const { rows } = result as unknown as { rows: { newest: string | number | null }[] }
  return Number(rows[0]?.newest ?? 0)
}

let expected: number | undefined

function expectedMigration(): number {
  if (expected === undefined) {
    const journal = readFileSync(join(process.cwd(), 'db', 'migrations', 'meta', '_journal.json'), 'utf8')
    const { entries } = JSON.parse(journal) as { entries: { when: number }[] }
    expected = Math.max(...entries.map(({ when }) => when))
  }
  return expected
}
