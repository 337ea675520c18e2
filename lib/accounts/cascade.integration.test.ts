import { getTableColumns, getTableName, is, sql } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import { beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import * as schema from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { requestBulkRevocation, UsageRecorder } from '../api-keys'
import { Secret, Vault } from '../vault'
import { MasterKeys } from '../vault/master-keys'

/** Every table whose rows belong to an account, so that one that is added is tested too. */
const owned = Object.values(schema).filter(
  (table) => is(table, PgTable) && 'accountId' in getTableColumns(table),
) as PgTable[]

forEachDatabase('deleting an account', (open) => {
  let db: Database
  beforeAll(async () => {
    db = (await open()).db
  })

  async function fill(name: string): Promise<string> {
    const actor = await createTestAccount(db, name)
    const { accountId } = actor
    await db
      .insert(schema.users)
      .values({ id: actor.id as string, email: `${accountId}@example.com`, name, passwordHash: '-' })
    await db.insert(schema.members).values({ accountId, userId: actor.id as string, role: 'owner' })
    const { id } = await createTestKey(db, actor)
    const usage = new UsageRecorder(db)
    usage.record({ id, accountId }, { address: null, userAgent: null })
    await usage.stop()
    await requestBulkRevocation(db, actor, [id], null)
    const vault = new Vault(new MasterKeys([{ kid: 'test', key: new Uint8Array(32) }]))
    const place = { accountId, ownerId: 'cred_1', field: 'secret' } as const
    await db.transaction((tx) => vault.put(tx, place, { password: new Secret('hush') }))
    return accountId
  }
  async function counts(accountId: string): Promise<Record<string, number>> {
    const entries = await Promise.all(
      owned.map(
        async (table) => [getTableName(table), await db.$count(table, sql`account_id = ${accountId}`)] as const,
      ),
    )
    return Object.fromEntries(entries)
  }

  it('takes all that belongs to it along, and nothing of another', async () => {
    const [gone, stays] = [await fill('Gone'), await fill('Stays')]
    const before = await counts(stays)
    // A table that nothing fills would prove nothing: fill it above.
    expect(Object.entries(before).filter(([, rows]) => rows === 0)).toEqual([])
    expect(Object.keys(before).length).toBeGreaterThanOrEqual(6)
    await db.delete(schema.accounts).where(sql`id = ${gone}`)
    expect(Object.values(await counts(gone)).every((rows) => rows === 0)).toBe(true)
    expect(await counts(stays)).toEqual(before)
  })
})
