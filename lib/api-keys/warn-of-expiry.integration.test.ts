import { and, asc, eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { apiKeys, outboxEvents } from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import type { Actor } from '../audit'
import { pauseApiKey, regenerateApiKey, revokeApiKey, warnOfKeyExpiry } from '.'

forEachDatabase('a key that expires', (open) => {
  let db: Database
  let actor: Actor
  beforeAll(async () => {
    db = (await open()).db
  })
  beforeEach(async () => {
    actor = await createTestAccount(db)
  })

  const inDays = (days: number) => sql`now() + ${days}::float8 * interval '1 day'`
  async function key(endsInDays: number | null, madeDaysAgo = 30): Promise<string> {
    const { id } = await createTestKey(db, actor)
    const expiresAt = endsInDays === null ? null : inDays(endsInDays)
    await db
      .update(apiKeys)
      .set({ createdAt: inDays(-madeDaysAgo), expiresAt })
      .where(eq(apiKeys.id, id))
    return id
  }
  const pass = (id: string, days: number) =>
    db
      .update(apiKeys)
      .set({ expiresAt: sql`expires_at - ${days}::float8 * interval '1 day'` })
      .where(eq(apiKeys.id, id))
  const warnings = async (id: string) => {
    const ofIt = and(eq(outboxEvents.subjectId, id), eq(outboxEvents.kind, 'api_key.expiring'))
    const rows = await db.select().from(outboxEvents).where(ofIt).orderBy(asc(outboxEvents.id))
    return rows.map(({ data }) => data)
  }
  const days = async (id: string) => (await warnings(id)).map(({ daysLeft }) => daysLeft)

  it('is warned of a week and a day ahead, once each, with its end', async () => {
    const id = await key(7.5)
    for (const [passed, expected] of [
      [0, []],
      [1, [7]],
      [5, [7]],
      [1, [7, 1]],
      [0.4, [7, 1]],
      [0.2, [7, 1]],
    ] as const) {
      await pass(id, passed)
      await Promise.all([warnOfKeyExpiry(db), warnOfKeyExpiry(db)])
      expect(await days(id)).toEqual(expected)
    }
    const late = await key(0.5)
    await warnOfKeyExpiry(db)
    const [row] = await db.select().from(apiKeys).where(eq(apiKeys.id, late))
    const expiresAt = row?.expiresAt?.toISOString()
    expect(await warnings(late)).toEqual([{ name: row?.name, environment: 'live', expiresAt, daysLeft: 1 }])
  })

  it('is not warned of for as long as it was made to last, nor where it is revoked, replaced, paused or without an end', async () => {
    const short = await key(5, 1)
    const shorter = await key(0.5, 0.1)
    const endless = await key(null)
    const revoked = await key(3)
    await revokeApiKey(db, actor, revoked, null)
    const paused = await key(3)
    await pauseApiKey(db, actor, paused)
    const replaced = await key(3)
    await regenerateApiKey(db, actor, replaced, { overlap: '24h', retire_when_silent: false })
    await warnOfKeyExpiry(db)
    for (const id of [short, shorter, endless, revoked, paused, replaced]) expect(await days(id)).toEqual([])
    await pass(short, 4.5)
    await warnOfKeyExpiry(db)
    expect(await days(short)).toEqual([1])
  })
})
