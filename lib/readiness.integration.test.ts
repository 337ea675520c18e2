import { sql } from 'drizzle-orm'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { forEachDatabase } from '@/test/databases'
import { log } from './log'
import { readiness } from './readiness'

beforeEach(() => {
  vi.spyOn(log, 'warn').mockReturnValue()
})

forEachDatabase('readiness', (open) => {
  it('is given when the database answers and has every migration', async () => {
    const { db } = await open()
    expect(await readiness(db)).toEqual({ ready: true, checks: { database: 'ok', migrations: 'ok' } })
  })

  it('is not given while a migration is missing, and is when there are later ones', async () => {
    const { db } = await open()
    await db.execute(sql`update drizzle.__drizzle_migrations set created_at = created_at + 1000`)
    expect((await readiness(db)).ready).toBe(true)
    await db.execute(sql`delete from drizzle.__drizzle_migrations
      where created_at = (select max(created_at) from drizzle.__drizzle_migrations)`)
    expect(await readiness(db)).toEqual({ ready: false, checks: { database: 'ok', migrations: 'failed' } })
    await db.execute(sql`delete from drizzle.__drizzle_migrations`)
    expect((await readiness(db)).ready).toBe(false)
  })

  it('is not given when the database is gone', async () => {
    const database = await open()
    await database.close()
    expect(await readiness(database.db)).toEqual({
      ready: false,
      checks: { database: 'failed', migrations: 'unknown' },
    })
  })
})

it('is not waited for when the database does not answer', async () => {
  const silent = { execute: () => new Promise(() => {}) } as unknown as Database
  const began = performance.now()
  expect((await readiness(silent, 50)).ready).toBe(false)
  expect(performance.now() - began).toBeLessThan(1_000)
})
