import { eq, sql } from 'drizzle-orm'
import { beforeAll, expect, it } from 'vitest'
import type { OpenDatabase } from '@/db/client'
import { apiKeyScopeUses, apiKeyUsageHours, apiKeyUses } from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import type { Actor } from '../audit'
import { pruneUsage } from './prune-usage'
import { readScopeUse, readUsage } from './read-usage'
import { UsageRecorder } from './usage'
import { MAX_ADDRESSES } from './usage-counts'

const PYTHON = { address: '203.0.113.7', userAgent: 'python-requests/2.32' }
const HOUR = 3_600_000

forEachDatabase('the hours of a key', (open) => {
  let database: OpenDatabase
  let actor: Actor
  beforeAll(async () => {
    database = await open()
    actor = await createTestAccount(database.db)
  })
  async function makeKey() {
    const { id } = await createTestKey(database.db, actor)
    return { id, accountId: actor.accountId }
  }
  const hours = (id: string) =>
    database.db.select().from(apiKeyUsageHours).where(eq(apiKeyUsageHours.keyId, id)).orderBy(apiKeyUsageHours.hour)

  it('have requests, refusals by reason, statuses, scopes and addresses, added up over writes and instances', async () => {
    const key = await makeKey()
    const start = Math.floor(Date.now() / HOUR) * HOUR - HOUR
    for (const usage of [new UsageRecorder(database.db), new UsageRecorder(database.db)]) {
      usage.record(key, PYTHON, ['orders:read'], start)
      usage.record(key, PYTHON, ['orders:read', 'products:read'], start + HOUR - 1)
      usage.answer(key, 200, start)
      usage.answer(key, 204, start)
      usage.answer(key, 404, start)
      usage.refuse(key, 'paused', start)
      await usage.flush()
      usage.record(key, { address: null, userAgent: null }, [], start)
      usage.refuse(key, 'rate_limited', start)
      usage.record(key, PYTHON, null, start + HOUR)
      await usage.stop()
    }
    expect(await hours(key.id)).toMatchObject([
      {
        hour: new Date(start),
        span: 'hour',
        requests: 6,
        refused: 4,
        refusals: { paused: 2, rate_limited: 2 },
        statuses: { '2xx': 4, '4xx': 2 },
        scopes: { 'orders:read': 4, 'products:read': 2, '': 2 },
        addresses: { '203.0.113.7': 4, '': 2 },
      },
      { hour: new Date(start + HOUR), requests: 2, scopes: {}, addresses: { '203.0.113.7': 2 } },
    ])
    expect(await readUsage(database.db, actor.accountId, key.id, {})).toHaveLength(2)
    const { hasUnnamed, lastUsedAt } = await readScopeUse(database.db, actor.accountId, key.id)
    expect({ hasUnnamed, lastUsedAt }).toEqual({
      hasUnnamed: true,
      lastUsedAt: { 'orders:read': new Date(start + HOUR - 1), 'products:read': new Date(start + HOUR - 1) },
    })
  })

  it('tell the addresses apart that come most, and count the others together', async () => {
    const key = await makeKey()
    const usage = new UsageRecorder(database.db)
    for (let round = 0; round < 3; round += 1) {
      // Others each time, but for one that comes often.
      for (let n = 0; n < 30; n += 1) usage.record(key, { address: `198.51.100.${round * 30 + n}`, userAgent: null })
      await usage.flush()
      for (let n = 0; n < 5; n += 1) usage.record(key, PYTHON)
      await usage.flush()
    }
    const counted = await hours(key.id)
    const addresses: Record<string, number> = {}
    for (const hour of counted)
      for (const [name, n] of Object.entries(hour.addresses)) addresses[name] = (addresses[name] ?? 0) + n
    expect(Object.keys(counted[0]?.addresses ?? {}).length).toBeLessThanOrEqual(MAX_ADDRESSES + 1)
    expect(Object.values(addresses).reduce((sum, n) => sum + n, 0)).toBe(105)
    expect(addresses['203.0.113.7']).toBe(15)
    await usage.stop()
  })

  it('that refuse only are no use of the key', async () => {
    const key = await makeKey()
    const usage = new UsageRecorder(database.db)
    usage.refuse(key, 'revoked')
    await usage.stop()
    expect(await hours(key.id)).toMatchObject([{ requests: 0, refused: 1 }])
    expect(await database.db.select().from(apiKeyUses).where(eq(apiKeyUses.keyId, key.id))).toEqual([])
    expect(await database.db.select().from(apiKeyScopeUses).where(eq(apiKeyScopeUses.keyId, key.id))).toEqual([])
  })

  it('are added up to days after two weeks, and gone after 90 days, with nothing lost in between', async () => {
    const key = await makeKey()
    await database.db.execute(sql`
      insert into api_key_usage_hours (account_id, key_id, hour, requests, refused, refusals, statuses, scopes, addresses)
      select ${actor.accountId}, ${key.id}, date_trunc('hour', now()) - n * interval '1 hour', 2, 1, '{"paused":1}',
        '{"2xx":2}', '{"orders:read":2}', jsonb_build_object('198.51.100.' || n % 3, 2)
      from generate_series(0, ${100 * 24}::int) n`)
    await Promise.all([pruneUsage(database.db), pruneUsage(database.db)])
    await pruneUsage(database.db)
    const left = await hours(key.id)
    const days = left.filter(({ span }) => span === 'day')
    expect(days).toHaveLength(90 - 14)
    expect(days[3]).toMatchObject({
      requests: 48,
      refused: 24,
      refusals: { paused: 24 },
      statuses: { '2xx': 48 },
      addresses: { '198.51.100.0': 16, '198.51.100.1': 16, '198.51.100.2': 16 },
    })
    expect(days[3]?.hour.getUTCHours()).toBe(0)
    expect(left.filter(({ span }) => span === 'hour').length).toBeGreaterThanOrEqual(14 * 24)
  })

  it('of a day are added up with the addresses that come most, and the others together', async () => {
    const key = await makeKey()
    await database.db.execute(sql`
      insert into api_key_usage_hours (account_id, key_id, hour, requests, refused, refusals, statuses, scopes, addresses)
      select ${actor.accountId}, ${key.id}, date_trunc('day', now(), 'UTC') - interval '20 days' + n * interval '1 hour', 22, 0,
        '{}', '{}', '{}', (
          select jsonb_object_agg('198.51.100.' || n * 20 + m, 1) || '{"203.0.113.7": 1, "": 1}' from generate_series(0, 19) m)
      from generate_series(0, 5) n`)
    await pruneUsage(database.db)
    const [day] = await hours(key.id)
    const { '203.0.113.7': busy, '': others, ...rest } = day?.addresses ?? {}
    expect({ busy, others, rest: Object.keys(rest).length, requests: day?.requests }).toEqual({
      busy: 6,
      others: 107,
      rest: MAX_ADDRESSES - 1,
      requests: 132,
    })
  })
})
