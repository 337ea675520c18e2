import { sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { accounts, apiKeys, apiKeyUses } from '@/db/schema'
import { forEachDatabase } from '@/test/databases'
import {
  createApiKey,
  findOpenBulkRevocation,
  getBulkRevocation,
  listApiKeys,
  listKeysQuery,
  runBulkRevocations,
} from '../api-keys'
import { type Actor, operatorActor } from '../audit'
import { requestReviewRevocation } from '.'

forEachDatabase('revoking what comes up for review', (open) => {
  let db: Database
  const actor: Actor = operatorActor('acc_1')
  const stranger: Actor = operatorActor('acc_2')

  beforeAll(async () => {
    db = (await open()).db
    await db.insert(accounts).values([
      { id: 'acc_1', name: 'A shop' },
      { id: 'acc_2', name: 'Another shop' },
    ])
  })
  beforeEach(async () => {
    await db.delete(apiKeys)
  })

  /** A key that was made so many days ago, and last used so many days ago. */
  async function key(name: string, madeDaysAgo: number, usedDaysAgo?: number, owner = actor): Promise<string> {
    const { id } = await createApiKey(db, owner, {
      name,
      environment: 'live',
      scopes: ['orders:read'],
      expires_at: new Date(Date.now() + 365 * 86_400_000),
      integrations: null,
      rate: null,
      monthly_quota: null,
      addresses: null,
      methods: null,
    })
    const ago = (days: number) => sql`now() - ${days} * interval '1 day'`
    await db
      .update(apiKeys)
      .set({ createdAt: ago(madeDaysAgo) })
      .where(sql`id = ${id}`)
    if (usedDaysAgo !== undefined) {
      const at = ago(usedDaysAgo)
      await db.insert(apiKeyUses).values({ keyId: id, accountId: owner.accountId, lastUsedAt: at })
    }
    return id
  }
  const activeNames = async (owner = actor) =>
    (await listApiKeys(db, owner.accountId, listKeysQuery.parse({ sort: 'name', order: 'asc' }))).keys.map(
      (k) => k.name,
    )
  const request = (expected: number, except: string[] = []) =>
    requestReviewRevocation(db, actor, { finding: null, except, expected, reason: 'unused' })

  async function fourKeys() {
    await key('fresh', 29)
    await key('in use', 400, 89)
    await key('never used', 31)
    await key('of another account', 400, undefined, stranger)
    return key('no longer used', 400, 91)
  }

  it('revokes what is unused, and nothing else', async () => {
    await fourKeys()
    const id = await request(2)
    expect(await findOpenBulkRevocation(db, 'acc_1')).toBe(id)
    expect(await findOpenBulkRevocation(db, 'acc_2')).toBeNull()
    await runBulkRevocations(db)
    expect(await activeNames()).toEqual(['fresh', 'in use'])
    expect(await activeNames(stranger)).toEqual(['of another account'])
    expect(await getBulkRevocation(db, 'acc_1', id)).toMatchObject({ total: 2, done: 2, revoked: 2 })
    expect(await findOpenBulkRevocation(db, 'acc_1')).toBeNull()
  })

  it('leaves what the person took out', async () => {
    const kept = await fourKeys()
    await request(1, [kept])
    await runBulkRevocations(db)
    expect(await activeNames()).toEqual(['fresh', 'in use', 'no longer used'])
  })

  it('leaves what was used since the person looked', async () => {
    const used = await fourKeys()
    await db.update(apiKeyUses).set({ lastUsedAt: sql`now()` }).where(sql`key_id = ${used}`)
    await request(2)
    await runBulkRevocations(db)
    expect(await activeNames()).toEqual(['fresh', 'in use', 'no longer used'])
  })

  describe('is refused, and revokes nothing,', () => {
    it('when there is more than the person was told', async () => {
      await fourKeys()
      await expect(request(1)).rejects.toMatchObject({ code: 'invalid', fields: [{ field: 'expected' }] })
      await runBulkRevocations(db)
      expect(await activeNames()).toHaveLength(4)
    })

    it('when nothing is left', async () => {
      await key('fresh', 29)
      await expect(request(1)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('None') })
    })
  })
})
