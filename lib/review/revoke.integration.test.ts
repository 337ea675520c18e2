import { isNotNull, sql } from 'drizzle-orm'
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
import { requestReviewRevocation, reviewKeys, reviewKeysQuery } from '.'

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
  /** What a page tells of all that it shows a part of. */
  const look = async () => (await reviewKeys(db, 'acc_1', reviewKeysQuery.parse({ limit: 1 }))).fingerprint ?? ''
  const request = (fingerprint: string, except: string[] = []) =>
    requestReviewRevocation(db, actor, { finding: null, except, fingerprint, reason: 'unused' })
  const use = (id: string) => db.update(apiKeyUses).set({ lastUsedAt: sql`now()` }).where(sql`key_id = ${id}`)

  async function fourKeys() {
    await key('fresh', 29)
    await key('in use', 400, 89)
    await key('never used', 31)
    await key('of another account', 400, undefined, stranger)
    return key('no longer used', 400, 91)
  }

  it('revokes what is unused, and nothing else', async () => {
    await fourKeys()
    const id = await request(await look())
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
    await request(await look(), [kept])
    await runBulkRevocations(db)
    expect(await activeNames()).toEqual(['fresh', 'in use', 'no longer used'])
  })

  it('leaves what is used before its turn comes', async () => {
    const used = await fourKeys()
    await request(await look())
    await use(used)
    await runBulkRevocations(db)
    expect(await activeNames()).toEqual(['fresh', 'in use', 'no longer used'])
  })

  describe('is refused, and revokes nothing,', () => {
    const refused = { code: 'invalid', fields: [{ field: 'fingerprint' }] }

    it.each<[string, (shown: string) => Promise<unknown>]>([
      ['there is more than was shown', () => key('another', 31)],
      ['one that was shown is in use since', use],
      [
        'there are as many as were shown, but others',
        async (shown) => {
          await use(shown)
          await key('another', 31)
        },
      ],
    ])('when %s', async (_, change) => {
      const shown = await fourKeys()
      const seen = await look()
      await change(shown)
      await expect(request(seen)).rejects.toMatchObject(refused)
      await runBulkRevocations(db)
      expect(await db.$count(apiKeys, isNotNull(apiKeys.revokedAt))).toBe(0)
      await request(await look())
    })

    it('when nothing is left', async () => {
      await key('fresh', 29)
      const none = { ...refused, message: expect.stringContaining('None') }
      await expect(request(await look())).rejects.toMatchObject(none)
    })
  })
})
