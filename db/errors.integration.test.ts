import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { createTestAccount, createTestKey } from '@/test/account'
import { createTestDatabase, forEachDatabase } from '@/test/databases'
import { freePort } from '@/test/postgres'
import { startTcpGate } from '@/test/tcp-gate'
import { type OpenDatabase, openDatabase } from './client'
import { isDatabaseUnavailable, isUniqueViolation } from './errors'
import { accounts } from './schema'

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('It did not fail'),
    (error) => error,
  )

forEachDatabase('what the database says', (open) => {
  let database: OpenDatabase
  beforeAll(async () => {
    database = await open()
  })

  it('a unique index that is violated is told by its name, and is no outage', async () => {
    const { db } = database
    const actor = await createTestAccount(db)
    await createTestKey(db, actor, { name: 'ERP' })
    const error = await failure(
      db.transaction((tx) =>
        tx.execute(sql`
          insert into api_keys (id, account_id, name, name_held, environment, scopes, token_hash, hint_start, hint_end, created_by_kind, created_by_name)
          select id || 'x', account_id, name, name_held, environment, scopes, token_hash || 'x', hint_start, hint_end, created_by_kind, created_by_name
          from api_keys where account_id = ${actor.accountId}`),
      ),
    )
    expect(isUniqueViolation(error, 'api_keys_name_held_idx')).toBe(true)
    expect(isUniqueViolation(error, 'api_keys_token_hash_idx')).toBe(false)
    expect(isDatabaseUnavailable(error)).toBe(false)
  })

  it.each([
    ['a reference that leads nowhere', sql`insert into members (account_id, user_id, role) values ('a', 'b', 'owner')`],
    ['a value that is not allowed', sql`insert into accounts (id) values ('a')`],
    ['a statement that makes no sense', sql`select nothing from nowhere`],
  ])('%s is neither', async (_what, statement) => {
    const error = await failure(database.db.execute(statement))
    expect(isUniqueViolation(error, 'members_pkey')).toBe(false)
    expect(isDatabaseUnavailable(error)).toBe(false)
  })

  it('a database that was closed is one that does not answer', async () => {
    const closed = await open()
    await closed.close()
    expect(isDatabaseUnavailable(await failure(closed.db.select().from(accounts)))).toBe(true)
  })
})

describe('a database behind a socket does not answer', () => {
  it.each(['pg', 'neon'] as const)('when nobody listens there (%s)', async (driver) => {
    const { config, drop } = await createTestDatabase(driver)
    if (config.driver === 'pglite') throw new Error('Not behind a socket')
    const nobody = `127.0.0.1:${await freePort()}`
    const database = await openDatabase(
      config.driver === 'neon'
        ? { ...config, neonProxy: nobody }
        : { ...config, url: `postgres://postgres@${nobody}/none` },
    )
    expect(isDatabaseUnavailable(await failure(database.db.select().from(accounts)))).toBe(true)
    await database.close()
    await drop()
  })

  it.each(['pg', 'neon'] as const)('when it ends the connection under a statement (%s)', async (driver) => {
    const { config, drop } = await createTestDatabase(driver)
    const database = await openDatabase(config)
    const sleeping = failure(database.db.execute(sql`select pg_sleep(20)`))
    const end = async () => {
      const answer = await database.db.execute(sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where query like '%pg_sleep(20)%' and pid <> pg_backend_pid() and state = 'active'`)
      return (answer as unknown as { rows: unknown[] }).rows.length
    }
    await expect.poll(end).toBeGreaterThan(0)
    expect(isDatabaseUnavailable(await sleeping)).toBe(true)
    await database.close()
    await drop()
  })

  it.each(['pg', 'neon'] as const)('when the network breaks under a transaction (%s)', async (driver) => {
    const { config, drop } = await createTestDatabase(driver)
    if (config.driver === 'pglite') throw new Error('Not behind a socket')
    const { neonProxy } = config
    const address = new URL(neonProxy ? `ws://${neonProxy}` : config.url)
    const gate = await startTcpGate(Number(address.port))
    address.port = String(gate.port)
    const database = await openDatabase(
      neonProxy ? { ...config, neonProxy: address.host } : { ...config, url: address.href },
    )
    const broken = failure(
      database.db.transaction(async (tx) => {
        await tx.execute(sql`select 1`)
        gate.refuse()
        await tx.execute(sql`select 1`)
      }),
    )
    // What is thrown is the error of the `rollback`, which fails as well.
    expect(isDatabaseUnavailable(await broken)).toBe(true)
    await database.close()
    await gate.close()
    await drop()
  })
})
