import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { OpenDatabase } from '@/db/client'
import { apiKeyAllowances, apiKeys } from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import type { Actor } from '../audit'
import { Allowances } from './leases'
import type { KeyLimits } from './limits'
import { findKeysIn, KeyLookup } from './lookup'
import { hashToken } from './token'

forEachDatabase('the allowance of a key', (open, driver) => {
  let database: OpenDatabase
  let actor: Actor
  let statements = 0
  /** Look-ups of this key are answered late. */
  let held: { hash: string; until: Promise<void> } | undefined
  beforeAll(async () => {
    const opened = await open()
    await opened.db.execute(sql`create table test_clock as select interval '0' as passed`)
    // Counts what goes to the database, whose clock goes as it is told to.
    database = {
      ...opened,
      prepareLookup: (name, text) => {
        const clock = '(statement_timestamp() + (select passed from test_clock))'
        const ask = opened.prepareLookup(name, text.replaceAll('statement_timestamp()', clock))
        return async (values) => {
          statements += 1
          if (held && values[0] === held.hash) await held.until
          return ask(values) as never
        }
      },
    }
    actor = await createTestAccount(database.db)
  })

  afterEach(() => void vi.restoreAllMocks())

  /** A process: what it knows of allowances is its own. */
  function instance(remembers?: number) {
    const allowances = new Allowances(database.db, remembers)
    return { allowances, lookup: new KeyLookup(findKeysIn(database, allowances)) }
  }
  type Process = ReturnType<typeof instance>

  async function makeKey({ rate, monthlyQuota = null }: Partial<KeyLimits>) {
    const { id, token } = await createTestKey(database.db, actor)
    await database.db
      .update(apiKeys)
      .set({ rateRequests: rate?.requests ?? null, rateSeconds: rate?.seconds ?? null, monthlyQuota })
      .where(eq(apiKeys.id, id))
    return { id, hash: hashToken(token) }
  }
  const change = (id: string, set: Partial<typeof apiKeys.$inferInsert>) =>
    database.db.update(apiKeys).set(set).where(eq(apiKeys.id, id))

  async function ask({ lookup }: Process, hash: string): Promise<string> {
    const key = await lookup.find(hash)
    return key?.allowance?.take() ?? 'admitted'
  }
  /** So many requests at once, so often; says what became of them. */
  async function askMany(process: Process, hash: string, atOnce: number, times = 1) {
    const counts: Record<string, number> = {}
    for (let round = 0; round < times; round++) {
      const verdicts = await Promise.all(Array.from({ length: atOnce }, () => ask(process, hash)))
      for (const verdict of verdicts) counts[verdict] = (counts[verdict] ?? 0) + 1
    }
    return counts
  }
  const pass = (time: string) => database.db.execute(sql`update test_clock set passed = passed + ${time}::interval`)

  it.each([
    ['one by one', 1, 130],
    ['by many at once', 64, 4],
  ])('is exact on one instance, used %s', async (_, atOnce, times) => {
    const { hash } = await makeKey({ rate: { requests: 100, seconds: 60 } })
    expect(await askMany(instance(), hash, atOnce, times)).toEqual({
      admitted: 100,
      rate_limited: atOnce * times - 100,
    })
  })

  it('is not refused while there is more, though requests before are let in only after the next are looked up', async () => {
    const { hash } = await makeKey({ rate: { requests: 100, seconds: 60 } })
    const other = await makeKey({})
    const { lookup } = instance()
    await lookup.find(other.hash)
    // The look-up of another key takes the second place, so that what comes meanwhile is sent at the moment of an answer.
    let release = () => {}
    held = { hash: other.hash, until: new Promise((resolve) => (release = resolve)) }
    const askSlowly = async () => {
      const key = await lookup.find(hash)
      for (let turn = 0; turn < 5; turn++) await Promise.resolve()
      return key?.allowance?.take()
    }
    const slow = lookup.find(other.hash)
    await new Promise(setImmediate)
    const first = Array.from({ length: 10 }, askSlowly)
    await new Promise(setImmediate)
    const next = Array.from({ length: 25 }, askSlowly)
    const verdicts = await Promise.all([...first, ...next])
    held = undefined
    release()
    await slow
    expect(verdicts.filter((verdict) => verdict !== 'admitted')).toEqual([])
  })

  it('costs no statement beside the look-up, whether leased, left or used up', async () => {
    const { hash } = await makeKey({ rate: { requests: 20, seconds: 60 }, monthlyQuota: 1_000 })
    const process = instance()
    const before = statements
    for (let i = 0; i < 40; i++) await ask(process, hash)
    expect(statements - before).toBe(40)
  })

  it('is never exceeded by several instances together, and little of it is lost between them', async () => {
    const { hash } = await makeKey({ rate: { requests: 100, seconds: 60 } })
    const all = [instance(), instance(), instance()]
    const counts = await Promise.all(all.map((one) => askMany(one, hash, 16, 5)))
    expect(counts.reduce((sum, { admitted = 0 }) => sum + admitted, 0)).toBe(100)
  })

  it('is what is left of it for an instance that starts anew, as after a crash', async () => {
    const { hash } = await makeKey({ rate: { requests: 100, seconds: 60 } })
    expect(await askMany(instance(), hash, 60)).toEqual({ admitted: 60 })
    const { admitted = 0 } = await askMany(instance(), hash, 60)
    expect(admitted).toBeLessThanOrEqual(40)
    expect(admitted).toBeGreaterThanOrEqual(30)
  })

  it('is given back as far as it was not used, when an instance ends in order', async () => {
    const { hash } = await makeKey({ rate: { requests: 100, seconds: 60 }, monthlyQuota: 500 })
    const first = instance()
    expect(await askMany(first, hash, 1, 55)).toEqual({ admitted: 55 })
    await first.allowances.stop()
    await first.allowances.stop()
    expect(await askMany(instance(), hash, 1, 60)).toEqual({ admitted: 45, rate_limited: 15 })
    const rows = await database.db.select().from(apiKeyAllowances)
    expect(rows.every(({ leased, monthLeased }) => leased >= 0 && monthLeased >= 0)).toBe(true)
  })

  it('is forgotten once the key is not used for a minute or two, and given back as far as it was not used', async () => {
    const idle = await makeKey({ rate: { requests: 100, seconds: 3_600 }, monthlyQuota: 500 })
    const busy = await makeKey({ rate: { requests: 1_000, seconds: 3_600 } })
    const process = instance()
    const leased = async () => {
      const rows = await database.db.select().from(apiKeyAllowances)
      const of = ({ id }: { id: string }) => rows.find(({ keyId }) => keyId === id)
      return { idle: of(idle)?.leased, ofMonth: of(idle)?.monthLeased, busy: of(busy)?.leased }
    }
    let due: (() => void)[] = []
    const { setTimeout: wait } = globalThis
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void, ms: number) => {
      if (ms === Allowances.FORGET_AFTER_MS) due.push(act)
      return wait(act, ms)
    }) as typeof setTimeout)
    const aMinuteLater = () => {
      const acts = due
      due = []
      for (const act of acts) act()
    }
    await ask(process, idle.hash)
    await ask(process, busy.hash)
    aMinuteLater()
    await ask(process, busy.hash)
    expect(await leased()).toEqual({ idle: 10, ofMonth: 5, busy: 100 })
    aMinuteLater()
    await ask(process, busy.hash)
    await expect.poll(leased).toEqual({ idle: 1, ofMonth: 1, busy: 100 })
    aMinuteLater()
    aMinuteLater()
    // Once nothing is left there is nothing to be done either.
    expect(due).toEqual([])
    await expect.poll(leased).toEqual({ idle: 1, ofMonth: 1, busy: 3 })
  })

  it('is asked for again after a minute by one that was told that all of it was leased', async () => {
    const { hash } = await makeKey({ monthlyQuota: 500 })
    const [stopping, other] = [instance(), instance()]
    expect(await askMany(stopping, hash, 1)).toEqual({ admitted: 1 })
    const { admitted = 0, ...refused } = await askMany(other, hash, 50, 10)
    expect([admitted, refused]).toEqual([495, { quota_exceeded: 5 }])
    await stopping.allowances.stop()
    expect(await askMany(other, hash, 10)).toEqual({ quota_exceeded: 10 })
    const later = performance.now() + 60_000
    vi.spyOn(performance, 'now').mockImplementation(() => later)
    expect(await askMany(other, hash, 10)).toEqual({ admitted: 4, quota_exceeded: 6 })
    expect(await askMany(instance(), hash, 10)).toEqual({ quota_exceeded: 10 })
  })

  it('is whole again when its window has ended, which began with its first request', async () => {
    const { hash } = await makeKey({ rate: { requests: 5, seconds: 60 } })
    const process = instance()
    expect(await askMany(process, hash, 8)).toEqual({ admitted: 5, rate_limited: 3 })
    await pass('59 seconds')
    expect(await askMany(process, hash, 1)).toEqual({ rate_limited: 1 })
    await pass('1 second')
    expect(await askMany(process, hash, 8)).toEqual({ admitted: 5, rate_limited: 3 })
  })

  it('does not carry over what was leased in the window before', async () => {
    const { hash } = await makeKey({ rate: { requests: 100, seconds: 60 } })
    const process = instance()
    expect(await askMany(process, hash, 1)).toEqual({ admitted: 1 })
    await pass('60 seconds')
    expect(await askMany(process, hash, 120)).toEqual({ admitted: 100, rate_limited: 20 })
  })

  it('follows its limit up and down at once, within the window', async () => {
    const { id, hash } = await makeKey({ rate: { requests: 10, seconds: 60 } })
    const process = instance()
    expect(await askMany(process, hash, 12)).toEqual({ admitted: 10, rate_limited: 2 })
    await change(id, { rateRequests: 15 })
    expect(await askMany(process, hash, 8)).toEqual({ admitted: 5, rate_limited: 3 })
    await change(id, { rateRequests: 1_000 })
    expect(await askMany(process, hash, 1)).toEqual({ admitted: 1 })
    await change(id, { rateRequests: 12 })
    expect(await askMany(process, hash, 1)).toEqual({ rate_limited: 1 })
    await change(id, { rateRequests: null, rateSeconds: null })
    expect(await askMany(process, hash, 20)).toEqual({ admitted: 20 })
    await change(id, { rateRequests: 17, rateSeconds: 60 })
    expect(await askMany(process, hash, 1)).toEqual({ rate_limited: 1 })
  })

  it('of a month is kept apart from the rate, and starts anew with the month', async () => {
    const { hash } = await makeKey({ rate: { requests: 10, seconds: 60 }, monthlyQuota: 12 })
    const process = instance()
    expect(await askMany(process, hash, 11)).toEqual({ admitted: 10, rate_limited: 1 })
    await pass('60 seconds')
    expect(await askMany(process, hash, 11)).toEqual({ admitted: 2, quota_exceeded: 9 })
    expect(await askMany(instance(), hash, 1)).toEqual({ quota_exceeded: 1 })
    await pass('1 month')
    expect(await askMany(process, hash, 11)).toEqual({ admitted: 10, rate_limited: 1 })
    await pass('1 minute')
    expect(await askMany(process, hash, 11)).toEqual({ admitted: 2, quota_exceeded: 9 })
  })

  it('of a month that has begun is not given up for the one before, by a statement that had to wait for its beginning', async () => {
    const { id, hash } = await makeKey({ monthlyQuota: 3 })
    expect(await askMany(instance(), hash, 3)).toEqual({ admitted: 3 })
    await database.db.execute(
      sql`update ${apiKeyAllowances} set month = month + interval '1 month' where key_id = ${id}`,
    )
    expect(await askMany(instance(), hash, 3)).toEqual({ quota_exceeded: 3 })
  })

  it('is remembered while its key is used, however many other keys come by', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => makeKey({ rate: { requests: 10, seconds: 60 } })))
    const process = instance(4)
    const busy = keys[0]?.hash ?? ''
    expect(await askMany(process, busy, 5)).toEqual({ admitted: 5 })
    for (const { hash } of keys) {
      expect(await askMany(process, hash, 1)).toEqual({ admitted: 1 })
      expect(process.allowances.get(busy)).toBeDefined()
    }
    const known = keys.filter(({ hash }) => process.allowances.get(hash) !== undefined)
    expect(known.length).toBeLessThanOrEqual(4)
    expect(await askMany(process, busy, 9)).toEqual({ admitted: 4, rate_limited: 5 })
  })

  it('loses at most a hundred requests of a month with a process that is killed', async () => {
    const { hash } = await makeKey({ monthlyQuota: 100_000 })
    for (let kills = 0; kills < 3; kills++) await ask(instance(), hash)
    const key = await instance().lookup.find(hash)
    expect(key?.allowance?.take()).toBe('admitted')
    expect(key?.allowance?.quota?.remaining).toBeGreaterThan(100_000 - 4 * 100)
  })

  it('tells what is left, and until when', async () => {
    const { hash } = await makeKey({ rate: { requests: 3, seconds: 60 }, monthlyQuota: 2 })
    const { lookup } = instance()
    const states: unknown[] = []
    for (let i = 0; i < 3; i++) {
      const { allowance } = (await lookup.find(hash)) ?? {}
      states.push([allowance?.take(), allowance?.rate?.remaining, allowance?.quota?.remaining])
      expect(allowance?.rate?.seconds).toBeGreaterThan(50)
      expect(allowance?.rate?.seconds).toBeLessThanOrEqual(60)
      expect(allowance?.quota?.seconds).toBeLessThanOrEqual(31 * 86_400)
    }
    expect(states).toEqual([
      ['admitted', 2, 1],
      ['admitted', 1, 0],
      ['quota_exceeded', 1, 0],
    ])
  })

  it('is not touched by a key that is not accepted, nor kept for one without limits', async () => {
    const paused = await makeKey({ rate: { requests: 3, seconds: 60 } })
    await change(paused.id, { pausedAt: new Date() })
    const free = await makeKey({})
    const { lookup } = instance()
    expect((await lookup.find(paused.hash))?.status).toBe('paused')
    expect((await lookup.find(free.hash))?.allowance).toBeNull()
    const rows = await database.db.select({ id: apiKeyAllowances.keyId }).from(apiKeyAllowances)
    expect(rows.map(({ id }) => id)).not.toContain(paused.id)
    expect(rows.map(({ id }) => id)).not.toContain(free.id)
  })

  // An embedded database belongs to one instance.
  if (driver === 'pglite') return
  describe('leased by several instances at once', () => {
    it('is used up to the last request and not once more, while some of them end and others ask again', async () => {
      const { hash } = await makeKey({ monthlyQuota: 1_000 })
      let minutes = 0
      const clock = performance.now.bind(performance)
      vi.spyOn(performance, 'now').mockImplementation(() => clock() + minutes * 60_000)
      const running = [instance(), instance(), instance()]
      let sum = 0
      for (; minutes < 16; minutes++) {
        const ending = running.shift() as Process
        const rounds = running.map((one) => askMany(one, hash, 16, 3))
        const own = await askMany(ending, hash, 8)
        // Beside what the others ask.
        await ending.allowances.stop()
        running.push(instance())
        for (const { admitted = 0 } of [own, ...(await Promise.all(rounds))]) sum += admitted
      }
      expect(sum).toBe(1_000)
    })

    it('is leased without waiting for each other crosswise, for many keys in any order', async () => {
      const keys = await Promise.all(Array.from({ length: 30 }, () => makeKey({ rate: { requests: 40, seconds: 60 } })))
      const hashes = keys.map(({ hash }) => hash)
      const all = Array.from({ length: 4 }, () => instance())
      const admitted = new Map<string, number>()
      await Promise.all(
        all.flatMap((process, n) =>
          Array.from({ length: 4 }, async () => {
            for (let round = 0; round < 4; round++) {
              const order = n % 2 ? hashes : hashes.toReversed()
              const verdicts = await Promise.all(order.map(async (hash) => [hash, await ask(process, hash)] as const))
              for (const [hash, verdict] of verdicts) {
                if (verdict === 'admitted') admitted.set(hash, (admitted.get(hash) ?? 0) + 1)
              }
            }
          }),
        ),
      )
      expect(hashes.map((hash) => admitted.get(hash))).toEqual(hashes.map(() => 40))
    })
  })
})
