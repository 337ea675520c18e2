import { eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { OpenDatabase } from '@/db/client'
import { accounts, apiKeys, apiKeyUsageDays, apiKeyUsageHours, apiKeyUses } from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { eventually } from '@/test/eventually'
import type { Actor } from '../audit'
import { log } from '../log'
import { pruneUsage, USAGE_DAYS_KEPT } from './prune-usage'
import { readScopeUse } from './read-usage'
import { UsageRecorder } from './usage'

const PYTHON = { address: '203.0.113.7', userAgent: 'python-requests/2.32' }
const CURL = { address: '2001:db8::1', userAgent: 'curl/8' }

/** Takes over the timers of this length, and moves the monotonic clock along with them. */
function ticksOf(lengthMs: number) {
  let moved = 0
  let waiting: (() => void) | undefined
  const { setTimeout } = globalThis
  const now = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => now() + moved)
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((callback: () => void, ms?: number, ...rest: []) => {
    if (ms !== lengthMs) return setTimeout(callback, ms, ...rest)
    waiting = callback
    return undefined
  }) as typeof setTimeout)
  return {
    tick() {
      moved += lengthMs
      const callback = waiting
      waiting = undefined
      callback?.()
    },
  }
}

forEachDatabase('usage of keys', (open) => {
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
  /** One that writes nothing more after its test: it would meet a database that is gone, and the time of another test. */
  function startRecorder() {
    const usage = new UsageRecorder(database.db)
    onTestFinished(() => usage.stop())
    return usage
  }
  async function written(id: string) {
    const [use] = await database.db.select().from(apiKeyUses).where(eq(apiKeyUses.keyId, id))
    const days = await database.db.select().from(apiKeyUsageDays).where(eq(apiKeyUsageDays.keyId, id))
    return { use, days: Object.fromEntries(days.map(({ day, requests }) => [day, requests])) }
  }

  it('counts by UTC day and keeps the latest use, in whatever order uses come', async () => {
    const key = await makeKey()
    const usage = startRecorder()
    // Yesterday's; uses a minute apart, since times go as ages, which writing makes a few milliseconds older.
    const midnight = new Date().setUTCHours(0, 0, 0, 0) - 86_400_000
    usage.record(key, CURL, [], midnight - 1)
    usage.record(key, PYTHON, [], midnight + 60_000)
    usage.record(key, CURL, [], midnight)
    await usage.flush()
    const day = (at: number) => new Date(at).toISOString().slice(0, 10)
    const { use, days } = await written(key.id)
    expect(days).toEqual({ [day(midnight - 1)]: 1, [day(midnight)]: 2 })
    expect(use).toMatchObject(PYTHON)
    // A later writer with an earlier use, such as another instance that was slow.
    usage.record(key, CURL, [], midnight)
    await usage.flush()
    const after = await written(key.id)
    expect(after.days[day(midnight)]).toBe(3)
    expect(after.use).toEqual(use)
    await usage.stop()
  })

  it('adds up what two instances write of the same keys at the same time', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, makeKey))
    const instances = [startRecorder(), startRecorder()]
    for (let round = 0; round < 5; round++) {
      for (const [index, usage] of instances.entries()) {
        for (const key of index === 0 ? keys : keys.toReversed()) usage.record(key, CURL)
      }
      await Promise.all(instances.map((usage) => usage.flush()))
    }
    for (const { id } of keys) expect(Object.values((await written(id)).days)).toEqual([10])
  })

  it('writes any number of keys, in statements of a bounded size', async () => {
    const count = UsageRecorder.MAX_KEYS_PER_STATEMENT * 2 + 1
    await database.db.execute(sql`
      insert into api_keys (id, account_id, name, environment, scopes, token_hash, hint_start, hint_end, created_by_kind, created_by_name)
      select 'key_many_' || n, ${actor.accountId}, 'n', 'live', '{}', 'many_' || n, '', '', 'user', ''
      from generate_series(1, ${count}::int) n`)
    const usage = startRecorder()
    const transactions = vi.spyOn(database.db, 'transaction')
    for (let n = 1; n <= count; n++) usage.record({ id: `key_many_${n}`, accountId: actor.accountId }, CURL)
    await usage.flush()
    expect(transactions).toHaveBeenCalledTimes(3)
    const rows = await database.db.select().from(apiKeyUses).where(sql`${apiKeyUses.keyId} like 'key_many_%'`)
    expect(rows).toHaveLength(count)
  })

  it('takes what a caller calls itself, whatever Postgres would say of it', async () => {
    const key = await makeKey()
    const usage = startRecorder()
    usage.record(key, { address: null, userAgent: `\0bad\ud800 ${'x'.repeat(5_000)}` })
    await usage.flush()
    const { use } = await written(key.id)
    expect(use?.address).toBeNull()
    expect(use?.userAgent).toMatch(/bad.*x{100}/)
    expect(use?.userAgent?.length).toBeLessThanOrEqual(256)
  })

  it('forgets a key that went with its account, and writes the others', async () => {
    const gone = await createTestAccount(database.db)
    const { id } = await createTestKey(database.db, gone)
    const key = await makeKey()
    const usage = startRecorder()
    usage.record({ id, accountId: gone.accountId }, CURL)
    usage.record(key, CURL)
    await database.db.delete(apiKeys).where(eq(apiKeys.id, id))
    await database.db.delete(accounts).where(eq(accounts.id, gone.accountId))
    await usage.flush()
    expect((await written(id)).use).toBeUndefined()
    expect((await written(key.id)).use).toMatchObject(CURL)
  })

  it('keeps what the database does not take, and adds to it what comes meanwhile', async () => {
    const key = await makeKey()
    const usage = startRecorder()
    const warn = vi.spyOn(log, 'warn').mockImplementation(() => {})
    const failing = vi.spyOn(database.db, 'transaction').mockRejectedValueOnce(new Error('gone for a moment'))
    usage.record(key, CURL)
    const flushing = usage.flush()
    usage.record(key, PYTHON)
    await flushing
    expect(warn).toHaveBeenCalledOnce()
    failing.mockRestore()
    await usage.flush()
    const { use, days } = await written(key.id)
    expect(Object.values(days)).toEqual([2])
    expect(use).toMatchObject(PYTHON)
  })

  it('writes by itself within five seconds, and never after it was stopped', async () => {
    const [early, late] = [await makeKey(), await makeKey()]
    const usage = startRecorder()
    usage.record(early, CURL)
    await eventually(async () => expect((await written(early.id)).use).toMatchObject(CURL))
    expect(Object.values((await written(early.id)).days)).toEqual([1])
    const flush = vi.spyOn(usage, 'flush')
    await usage.stop()
    usage.record(late, CURL)
    expect(flush).toHaveBeenCalledTimes(1)
    expect(UsageRecorder.FLUSH_INTERVAL_MS).toBeLessThan(5_000)
  })

  it('tells that what can not be written any more is lost when the process stops', async () => {
    const key = await makeKey()
    const usage = new UsageRecorder(database.db)
    usage.record(key, PYTHON)
    const warn = vi.spyOn(log, 'warn').mockImplementation(() => {})
    vi.spyOn(database.db, 'transaction').mockRejectedValue(new Error('gone'))
    await usage.flush()
    expect(warn).toHaveBeenLastCalledWith(expect.anything(), expect.stringMatching(/kept and tried again$/))
    await usage.stop()
    expect(warn).toHaveBeenLastCalledWith(expect.anything(), expect.stringMatching(/it is lost$/))
  })

  it('counts each request once in its day and its hour, though the hours are written later than the days', async () => {
    const key = await makeKey()
    const usage = startRecorder()
    const hours = () => database.db.select().from(apiKeyUsageHours).where(eq(apiKeyUsageHours.keyId, key.id))
    const use = (times: number) => {
      for (let n = 0; n < times; n += 1) usage.record(key, n % 2 ? CURL : PYTHON, ['orders:read'])
    }
    const { tick } = ticksOf(UsageRecorder.FLUSH_INTERVAL_MS)
    const warn = vi.spyOn(log, 'warn').mockImplementation(() => {})
    const transactions = vi.spyOn(database.db, 'transaction')
    let ticks = 0
    for (; (await hours()).length === 0; ticks += 1) {
      expect(ticks * UsageRecorder.FLUSH_INTERVAL_MS).toBeLessThan(30_000)
      use(2)
      if (ticks === 1) transactions.mockRejectedValueOnce(new Error('gone for a moment'))
      tick()
      await eventually(() => expect(transactions).toHaveBeenCalledTimes(ticks + 1))
      // One more while that is being written.
      use(1)
      // The first without what came meanwhile, the second not at all.
      const known = ticks === 0 ? 2 : ticks === 1 ? 2 : ticks * 3 + 2
      await eventually(async () => expect(Object.values((await written(key.id)).days)).toEqual([known]))
      // What a key asked for decides which scopes it seems not to need: that must not be told late.
      expect((await readScopeUse(database.db, actor.accountId, key.id)).lastUsedAt).toHaveProperty('orders:read')
    }
    expect(ticks).toBeGreaterThan(5)
    expect(warn.mock.calls).toEqual([[{ err: new Error('gone for a moment'), keys: 1 }, expect.any(String)]])
    await usage.stop()
    expect(Object.values((await written(key.id)).days)).toEqual([ticks * 3])
    expect(await hours()).toMatchObject([{ requests: ticks * 3, scopes: { 'orders:read': ticks * 3 } }])
  })

  it('forgets daily counts after 90 days, and none before', async () => {
    const { id, accountId } = await makeKey()
    const counts = (from: number, to: number) => sql`
      insert into api_key_usage_days (account_id, key_id, day, requests)
      select ${accountId}, ${id}, (now() at time zone 'utc')::date - n, 1 from generate_series(${from}::int, ${to}::int) n`
    await database.db.execute(counts(0, USAGE_DAYS_KEPT + 6_000))
    // Two instances at a time; what one holds the other leaves.
    await Promise.all([pruneUsage(database.db), pruneUsage(database.db)])
    await pruneUsage(database.db)
    const left = Object.keys((await written(id)).days).sort()
    expect(left).toHaveLength(USAGE_DAYS_KEPT + 1)
    const oldest = new Date(Date.now() - USAGE_DAYS_KEPT * 86_400_000).toISOString().slice(0, 10)
    expect(left[0]).toBe(oldest)
    expect(await pruneUsage(database.db)).toEqual({ pruned: 0, rolledUp: 0 })
  })
})

describe('a use', () => {
  it('never throws and never waits, whatever the database does', async () => {
    const asked = vi.fn(() => expect.fail('asked at once'))
    const usage = new UsageRecorder(new Proxy({}, { get: asked }) as never)
    expect(usage.record({ id: 'key_1', accountId: 'acc_1' }, CURL)).toBeUndefined()
    expect(asked).not.toHaveBeenCalled()
    vi.spyOn(log, 'warn').mockImplementation(() => {})
    await usage.stop()
  })
})
