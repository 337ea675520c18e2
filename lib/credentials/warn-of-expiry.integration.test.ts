import { asc, eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { credentials, outboxEvents, tokenSets } from '@/db/schema'
import { createTestAccount } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { newId } from '../ids'
import { warnOfExpiry } from './warn-of-expiry'

forEachDatabase('people are warned of secrets that end', (open) => {
  let db: Database
  let accountId: string
  beforeAll(async () => {
    db = (await open()).db
  })
  beforeEach(async () => {
    await db.delete(credentials)
    await db.delete(tokenSets)
    ;({ accountId } = await createTestAccount(db))
  })

  const inDays = (days: number) => sql`now() + ${days}::float8 * interval '1 day'`

  async function insert(endsInDays: number | null): Promise<string> {
    const id = newId('credential')
    await db.insert(credentials).values({
      id,
      accountId,
      name: 'Skydropx',
      nameHeld: id,
      type: endsInDays === null ? 'oauth2' : 'bearer',
      provider: 'skydropx',
      settings: {},
      secretSetAt: {},
      hosts: [],
      expiresAt: endsInDays === null ? null : inDays(endsInDays),
      createdByKind: 'user',
      createdById: 'usr_1',
      createdByName: 'Ana',
    })
    return id
  }
  async function insertTokens(endsInDays: number, setDaysAgo: number): Promise<string> {
    const ownerId = await insert(null)
    const refresh = { refreshExpiresAt: inDays(endsInDays), refreshSetAt: inDays(-setDaysAgo) }
    await db.insert(tokenSets).values({ accountId, ownerId, version: 1, ...refresh })
    return ownerId
  }
  const events = async () => {
    const rows = await db
      .select()
      .from(outboxEvents)
      .where(eq(outboxEvents.accountId, accountId))
      .orderBy(asc(outboxEvents.id))
    return rows.map(({ kind, subjectId, data }) => ({ kind, subjectId, ...data }))
  }
  const days = async () => (await events()).map((event) => (event as { daysLeft?: number }).daysLeft)
  const pass = (id: string, count: number) =>
    db
      .update(credentials)
      .set({ expiresAt: sql`expires_at - ${count} * interval '1 day'` })
      .where(eq(credentials.id, id))

  it('fourteen, three and one day ahead, once each, with what ends and when', async () => {
    const id = await insert(14.5)
    await warnOfExpiry(db)
    expect(await days()).toEqual([])
    for (const [passed, expected] of [
      [1, [14]],
      [0, [14]],
      [10, [14]],
      [1, [14, 3]],
      [2, [14, 3, 1]],
      [1, [14, 3, 1]],
    ] as const) {
      await pass(id, passed)
      await warnOfExpiry(db)
      await warnOfExpiry(db)
      expect(await days()).toEqual(expected)
    }
    expect((await events())[0]).toMatchObject({
      kind: 'credential.expiring',
      subjectId: id,
      name: 'Skydropx',
      provider: 'skydropx',
      what: 'secret',
      connectedById: 'usr_1',
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
    })
  })

  it('by the latest warning only, when several have come due', async () => {
    await insert(0.5)
    expect(await warnOfExpiry(db)).toBe(1)
    expect(await days()).toEqual([1])
  })

  it('not of what has ended already, and not of what never does', async () => {
    await insert(-1)
    await insert(null)
    expect(await warnOfExpiry(db)).toBe(0)
  })

  it('of a refresh token whose end stays', async () => {
    const ownerId = await insertTokens(2.5, 360)
    await warnOfExpiry(db)
    expect(await events()).toMatchObject([{ subjectId: ownerId, what: 'refresh_token', daysLeft: 3 }])
  })

  it('not of one that each renewal moves on, or that lasts no longer', async () => {
    await insertTokens(6.9, 0.1)
    await insertTokens(0.3, 0.03)
    expect(await warnOfExpiry(db)).toBe(0)
    expect(await events()).toEqual([])
  })

  it('of many, and by several at once, each once', async () => {
    for (let n = 0; n < 250; n++) await insert(10)
    const counts = await Promise.all([warnOfExpiry(db), warnOfExpiry(db)])
    expect(counts[0] + counts[1]).toBe(250)
    expect(await days()).toHaveLength(250)
  })
})
