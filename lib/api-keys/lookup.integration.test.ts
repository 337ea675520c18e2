import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Database, type OpenDatabase, openDatabase } from '@/db/client'
import { accountPolicies, accounts, apiKeys } from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { createTestDatabase, DRIVERS, type Driver, forEachDatabase, type TestDatabase } from '@/test/databases'
import { changePolicy } from '../accounts/policy'
import type { Actor } from '../audit'
import { endOverlap, pauseApiKey, regenerateApiKey, revokeApiKey } from '.'
import { Allowances } from './leases'
import { findKeysIn, KeyLookup } from './lookup'
import { FIND_ONE_UNCHANGED, FIND_UNCHANGED, knownEntry } from './lookup-statements'
import { isAccepted, keyStatus } from './status'
import { createToken, hashToken } from './token'

forEachDatabase('finding keys', (open) => {
  let database: OpenDatabase
  let lookup: KeyLookup
  let actor: Actor
  beforeAll(async () => {
    database = await open()
    lookup = new KeyLookup(findKeysIn(database))
    actor = await createTestAccount(database.db, 'Quote " and \\ and 😀')
  })

  const find = (token: string) => lookup.find(hashToken(token))
  async function makeKey(change: Partial<typeof apiKeys.$inferInsert> = {}) {
    const key = await createTestKey(database.db, actor)
    if (Object.keys(change).length > 0) await database.db.update(apiKeys).set(change).where(eq(apiKeys.id, key.id))
    return key
  }
  const at = (ms: number) => new Date(Date.now() + ms)

  it('tells of a key what a request needs to know', async () => {
    const [expiresAt, retiresAt] = [at(7_200_000), at(3_600_000)]
    const { id, token } = await createTestKey(database.db, actor, {
      name: 'ERP "1" \\ 😀',
      environment: 'test',
      scopes: ['orders:*', 'keys:read'],
      rate: { requests: 100, seconds: 60 },
      monthly_quota: 5_000,
      addresses: ['203.0.113.7', '2001:db8::/32'],
      methods: ['POST', 'GET'],
    })
    await changePolicy(database.db, actor, { keyAddresses: ['198.51.100.0/24'] })
    await database.db.update(apiKeys).set({ expiresAt, retiresAt }).where(eq(apiKeys.id, id))
    expect(await find(token)).toEqual({
      tokenHash: hashToken(token),
      id,
      name: 'ERP "1" \\ 😀',
      environment: 'test',
      scopes: ['orders:*', 'keys:read'],
      integrationIds: null,
      expiresAt,
      retiresAt,
      status: 'retiring',
      accountId: actor.accountId,
      accountName: 'Quote " and \\ and 😀',
      accountAddresses: ['198.51.100.0/24'],
      rehearsedAt: null,
      rate: { requests: 100, seconds: 60 },
      monthlyQuota: 5_000,
      addresses: ['203.0.113.7', '2001:db8::/32'],
      methods: ['GET', 'POST'],
      allowance: expect.anything(),
    })
  })

  it.each([
    ['active', {}],
    ['active', { expiresAt: at(60_000) }],
    ['retiring', { retiresAt: at(60_000) }],
    ['retired', { retiresAt: at(-60_000) }],
    ['expired', { expiresAt: at(-60_000) }],
    ['revoked', { revokedAt: at(-60_000) }],
    // What a person did comes before what time did.
    ['revoked', { revokedAt: at(-1), retiresAt: at(-60_000), expiresAt: at(-60_000) }],
    ['revoked', { revokedAt: at(60_000) }],
    ['paused', { pausedAt: at(-60_000) }],
    ['paused', { pausedAt: at(-60_000), retiresAt: at(60_000) }],
    ['retired', { pausedAt: at(-60_000), retiresAt: at(-1) }],
    ['expired', { pausedAt: at(-60_000), expiresAt: at(-1) }],
    ['revoked', { pausedAt: at(-60_000), revokedAt: at(-1) }],
    ['retired', { retiresAt: at(-60_000), expiresAt: at(-60_000) }],
    ['expired', { retiresAt: null, expiresAt: at(-1) }],
  ] as const)('says %s of a key with %o', async (status, change) => {
    const { token } = await makeKey(change)
    expect((await find(token))?.status).toBe(status)
  })

  /**
   * A look-up that remembers what it has read, with the names of what it asked; and ones that have read nothing yet.
   * @param beside a token that is looked up with each other one
   */
  function watched(beside?: string) {
    const asked: string[] = []
    const prepareLookup: OpenDatabase['prepareLookup'] = (name, statement) => {
      const find = database.prepareLookup<never>(name, statement)
      return (values) => {
        asked.push(name)
        return find(values)
      }
    }
    const lookup = new KeyLookup(findKeysIn({ db: database.db, prepareLookup }))
    const find = async (hash: string) => {
      const [found] = await Promise.all([lookup.find(hash), beside && lookup.find(hashToken(beside))])
      return found
    }
    return { asked, remembering: { find }, fresh: () => new KeyLookup(findKeysIn(database)) }
  }

  describe.each([
    ['alone', 'find_one_unchanged_api_key'],
    ['beside another', 'find_unchanged_api_keys'],
  ])('reading again what was read before, %s', (how, findUnchanged) => {
    const watch = async () => watched(how === 'alone' ? undefined : (await makeKey()).token)

    it.each([
      ['none', {}],
      ['limits', { rate: { requests: 100, seconds: 60 }, monthly_quota: 5_000 }],
    ])('asks whether it is unchanged, of a key with %s', async (_, limits) => {
      const { token } = await createTestKey(database.db, actor, limits)
      const { asked, remembering, fresh } = await watch()
      const first = await remembering.find(hashToken(token))
      expect(await remembering.find(hashToken(token))).toEqual(first)
      expect(await remembering.find(hashToken(token))).toEqual(await fresh().find(hashToken(token)))
      expect(asked).toEqual(['find_api_keys_and_lease', findUnchanged, findUnchanged])
    })

    it('counts on what it has leased, and leases more when that is used up', async () => {
      const { token } = await createTestKey(database.db, actor, { rate: { requests: 20, seconds: 3_600 } })
      const { asked, remembering } = await watch()
      const taken: unknown[] = []
      for (let request = 0; request < 25; request++) {
        taken.push((await remembering.find(hashToken(token)))?.allowance?.take())
      }
      expect(taken).toEqual([...Array(20).fill('admitted'), ...Array(5).fill('rate_limited')])
      expect(asked.filter((name) => name === findUnchanged).length).toBeGreaterThan(4)
    })

    const change = (set: Partial<typeof apiKeys.$inferInsert>) => (id: string) =>
      database.db.update(apiKeys).set(set).where(eq(apiKeys.id, id))
    it.each<[string, (id: string) => Promise<unknown>]>([
      ['its name', change({ name: 'Renamed', nameHeld: null })],
      ['its scopes', change({ scopes: [] })],
      ['its integrations', change({ integrationIds: ['int_1'] })],
      ['its expiry', change({ expiresAt: at(60_000) })],
      ['the end of its overlap', change({ retiresAt: at(60_000) })],
      ['its end', change({ revokedAt: at(0) })],
      ['its pause', change({ pausedAt: at(0) })],
      ['its rehearsal', change({ rehearsedAt: at(0), rehearsingUntil: at(60_000), rehearsedByName: 'x' })],
      ['its rate', change({ rateRequests: 7, rateSeconds: 7 })],
      ['its quota', change({ monthlyQuota: 7 })],
      ['its addresses', change({ addresses: ['203.0.113.9'] })],
      ['its methods', change({ methods: ['GET'] })],
      ['the policy of its account', () => changePolicy(database.db, actor, { keyAddresses: ['203.0.113.8'] })],
      ['a policy that there is none of any more', () => database.db.delete(accountPolicies)],
      [
        'a policy that is there from the start',
        () => database.db.insert(accountPolicies).values({ accountId: actor.accountId, keyAddresses: ['203.0.113.7'] }),
      ],
      ['policies that were emptied', () => database.db.execute(sql`truncate account_policies`)],
      ['the name of its account', () => database.db.update(accounts).set({ name: randomUUID() })],
      [
        'all of them, written by hand',
        () =>
          database.db.execute(sql`update api_keys set name = 'by hand', name_held = null, row_version = row_version`),
      ],
    ])('sees a change of %s', async (_, write) => {
      const { id, token } = await createTestKey(database.db, actor)
      const { asked, remembering, fresh } = await watch()
      await remembering.find(hashToken(token))
      await write(id)
      expect({ ...(await remembering.find(hashToken(token))), allowance: null }).toEqual({
        ...(await fresh().find(hashToken(token))),
        allowance: null,
      })
      expect(asked.slice(1, 3)).toEqual([findUnchanged, expect.stringMatching(/^find_api_keys/)])
    })

    it('sees that it has expired, and that its overlap has ended, by the clock alone', async () => {
      const soon = sql`clock_timestamp() + interval '300 milliseconds'`
      const { remembering } = await watch()
      const found = []
      for (const column of ['expiresAt', 'retiresAt']) {
        const { id, token } = await createTestKey(database.db, actor)
        await database.db
          .update(apiKeys)
          .set({ [column]: soon })
          .where(eq(apiKeys.id, id))
        found.push((await remembering.find(hashToken(token)))?.status)
        await database.db.execute(sql`select pg_sleep(0.35)`)
        found.push((await remembering.find(hashToken(token)))?.status)
      }
      expect(found).toEqual(['active', 'expired', 'retiring', 'retired'])
    })

    it('sees that a rehearsal has ended, and that the key is gone', async () => {
      const { id, token } = await createTestKey(database.db, actor)
      const { remembering } = await watch()
      const rehearsingUntil = sql`clock_timestamp() + interval '300 milliseconds'`
      const rehearsed = { rehearsedAt: at(0), rehearsingUntil, rehearsedByName: 'x' }
      await database.db.update(apiKeys).set(rehearsed).where(eq(apiKeys.id, id))
      expect((await remembering.find(hashToken(token)))?.rehearsedAt).not.toBeNull()
      await database.db.execute(sql`select pg_sleep(0.35)`)
      expect((await remembering.find(hashToken(token)))?.rehearsedAt).toBeNull()
      await database.db.delete(apiKeys).where(eq(apiKeys.id, id))
      expect(await remembering.find(hashToken(token))).toBeNull()
    })

    it('reads only those that it must, where there are many others', async () => {
      const keys = await Promise.all(Array.from({ length: 20 }, () => makeKey()))
      const { asked, remembering, fresh } = await watch()
      const all = (lookup: Pick<KeyLookup, 'find'>) =>
        Promise.all(keys.map(({ token }) => lookup.find(hashToken(token))))
      await all(remembering)
      const strangers = [await makeKey(), { token: createToken('live').token }]
      asked.length = 0
      const [known, ...others] = await Promise.all([
        all(remembering),
        ...strangers.map(({ token }) => remembering.find(hashToken(token))),
      ])
      expect(asked).toEqual(['find_api_keys_and_lease', 'find_unchanged_api_keys'])
      expect(known).toEqual(await all(fresh()))
      expect(others.map((key) => key?.status)).toEqual(['active', undefined])
    })

    it.each<[string, (id: string) => Promise<unknown>]>([
      ['is revoked', change({ revokedAt: at(0) })],
      ['is paused', change({ pausedAt: at(0) })],
      [
        'has its revocation rehearsed',
        change({ rehearsedAt: at(0), rehearsingUntil: at(60_000), rehearsedByName: 'x' }),
      ],
      ['has long lists', change({ integrationIds: Array.from({ length: 51 }, (_, i) => `int_${i}`) })],
      ['is gone', (id) => database.db.delete(apiKeys).where(eq(apiKeys.id, id))],
    ])('reads one that %s, and does not ask first what it knows of it', async (_, write) => {
      const { id, token } = await createTestKey(database.db, actor)
      const { asked, remembering } = await watch()
      await remembering.find(hashToken(token))
      await write(id)
      await remembering.find(hashToken(token))
      asked.length = 0
      for (let i = 0; i < 3; i++) await remembering.find(hashToken(token))
      expect(asked).toEqual(Array(3).fill('find_api_keys'))
    })

    it.each<[string, (id: string) => Promise<unknown>]>([
      ['what an account asks of others than keys', () => changePolicy(database.db, actor, { auditKeepDays: 90 })],
      ['nothing', () => changePolicy(database.db, actor, {})],
    ])('is not told of a change of %s', async (_, write) => {
      const { id, token } = await createTestKey(database.db, actor)
      const { asked, remembering } = await watch()
      await remembering.find(hashToken(token))
      await write(id)
      await remembering.find(hashToken(token))
      expect(asked.slice(1)).toEqual([findUnchanged])
    })

    it('reads all anew when one of them has changed, and each time where there is no version to compare', async () => {
      const [one, other] = [await makeKey(), await makeKey()]
      const { asked, remembering } = await watch()
      const both = () => Promise.all([one, other].map(({ token }) => remembering.find(hashToken(token))))
      await both()
      await revokeApiKey(database.db, actor, other.id, null)
      expect((await both()).map((key) => key?.status)).toEqual(['active', 'revoked'])
      await database.db.execute(sql`delete from account_changes`)
      try {
        asked.length = 0
        for (let i = 0; i < 3; i++) await remembering.find(hashToken(one.token))
        expect(asked).toEqual([findUnchanged, 'find_api_keys', 'find_api_keys', 'find_api_keys'])
      } finally {
        await database.db.execute(sql`insert into account_changes default values`)
      }
    })
  })

  it('finds nothing for a token that nobody has', async () => {
    await makeKey()
    expect(await find(createToken('live').token)).toBeNull()
  })

  it('finds many at once, each its own', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => makeKey()))
    const unknown = createToken('live').token
    const asked = Array.from({ length: 1_000 }, (_, i) => keys[i % 21]?.token ?? unknown)
    const found = await Promise.all(asked.map(find))
    expect(found.map((key) => key?.id)).toEqual(asked.map((token) => keys.find((key) => key.token === token)?.id))
  })

  it('says expired within a transaction that began before', async () => {
    const { id } = await makeKey()
    await database.db.transaction(async (tx) => {
      await tx
        .update(apiKeys)
        .set({ expiresAt: sql`clock_timestamp() + interval '200 milliseconds'` })
        .where(eq(apiKeys.id, id))
      const status = async () =>
        (await tx.select({ status: keyStatus }).from(apiKeys).where(eq(apiKeys.id, id)))[0]?.status
      expect(await status()).toBe('active')
      await tx.execute(sql`select pg_sleep(0.3)`)
      expect(await status()).toBe('expired')
    })
  })
})

/** Databases that are open until the end of the suite; on a server as many as asked for, as instances have it. */
function instances(driver: Driver, count: number, poolSize: number): () => OpenDatabase[] {
  let source: TestDatabase
  let opened: OpenDatabase[] = []
  beforeAll(async () => {
    source = await createTestDatabase(driver)
    const { config } = source
    opened = await Promise.all(
      config.driver === 'pglite'
        ? [openDatabase(config)]
        : Array.from({ length: count }, () => openDatabase({ ...config, poolSize })),
    )
  })
  afterAll(async () => {
    for (const one of opened) await one.close()
    await source.drop()
  })
  return () => opened
}

describe.each(DRIVERS)('the plan of the statement (%s)', (driver) => {
  const opened = instances(driver, 1, 1)

  async function expectIndexes(rows: (query: string) => Promise<{ rows: object[] }>): Promise<void> {
    for (const mode of ['force_custom_plan', 'force_generic_plan', 'auto']) {
      await rows(`set plan_cache_mode = ${mode}`)
      for (const count of [1, 64, 512]) {
        const hashes = Array.from({ length: count }, (_, i) => `hash_${i}`)
        const known = hashes.map((hash) => knownEntry(hash.padEnd(43, '-'), '1'))
        for (const [statement, entries] of [
          ['find_api_keys', hashes],
          ['find_api_keys_and_lease', hashes],
          ['find_unchanged_api_keys', known],
          ['find_one_unchanged_api_key', known],
        ]) {
          const plan = JSON.stringify((await rows(`explain execute ${statement}('{${entries}}')`)).rows)
          expect(plan).toMatch(/(Index|Bitmap Index) Scan (using|on) api_keys_token_hash_idx/)
          expect(plan).not.toMatch(/Seq Scan on api_keys/)
        }
      }
    }
  }

  it('goes by the index of hashes, for one key or many, prepared or not, from the first key on', async () => {
    const [database] = opened() as [OpenDatabase]
    const rows = async (query: string) => (await database.db.execute(sql.raw(query))) as unknown as { rows: object[] }
    // Prepared while the tables are empty, and kept while they fill: an embedded database never gathers statistics by itself.
    const allowances = new Allowances(database.db)
    const find = findKeysIn(database, allowances)
    await find([hashToken('x')])
    allowances.set(hashToken('x'), null)
    await find([hashToken('x')])
    const entries = [knownEntry(hashToken('x'), '1')]
    await database.prepareLookup('find_unchanged_api_keys', FIND_UNCHANGED)(entries)
    await database.prepareLookup('find_one_unchanged_api_key', FIND_ONE_UNCHANGED)(entries)
    await expectIndexes(rows)
    const { accountId } = await createTestAccount(database.db)
    await rows(`
      insert into api_keys
        (id, account_id, name, environment, scopes, token_hash, hint_start, hint_end, created_by_kind, created_by_name)
      select 'key_' || n, '${accountId}', 'n', 'live', '{}', 'hash_' || n, '', '', 'user', ''
      from generate_series(1, 20000) n`)
    await expectIndexes(rows)
    await rows('analyze')
    await expectIndexes(rows)
  })
})

describe.each(DRIVERS)('on every instance, under load (%s)', (driver) => {
  const opened = instances(driver, 2, 10)
  let actor: Actor
  beforeAll(async () => {
    actor = await createTestAccount((opened()[0] as OpenDatabase).db)
  })

  /**
   * Asks every instance for the same keys, over and over, from many places at once, while `end` ends them one by one.
   * @returns how often each key was accepted before, and after `end` had answered
   */
  async function endUnderLoad(end: (db: Database, id: string) => Promise<unknown>) {
    const lookups = opened().map((database) => new KeyLookup(findKeysIn(database)))
    const { db } = opened()[0] as OpenDatabase
    const keys = await Promise.all(Array.from({ length: 8 }, () => createTestKey(db, actor)))
    const ended = new Set<string>()
    const accepted = { before: 0, after: 0, refused: 0 }
    let isOver = false
    const callers = Array.from({ length: 32 }, async (_, caller) => {
      for (let call = caller; !isOver; call++) {
        const key = keys[call % keys.length]
        const lookup = lookups[call % lookups.length]
        if (!key || !lookup) throw new Error('unreachable')
        const hadEnded = ended.has(key.id)
        const found = await lookup.find(hashToken(key.token))
        if (found && isAccepted(found.status)) accepted[hadEnded ? 'after' : 'before'] += 1
        else accepted.refused += 1
      }
    })
    const until = (isReached: () => boolean) => vi.waitUntil(isReached, { timeout: 20_000, interval: 10 })
    await until(() => accepted.before > 50)
    for (const { id } of keys) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      await end(db, id)
      ended.add(id)
    }
    await until(() => accepted.refused > 50)
    await new Promise((resolve) => setTimeout(resolve, 100))
    isOver = true
    await Promise.all(callers)
    return accepted
  }

  it.each<[string, (db: Database, id: string) => Promise<unknown>]>([
    ['has been revoked', (db, id) => revokeApiKey(db, actor, id, null)],
    ['has been paused', (db, id) => pauseApiKey(db, actor, id)],
    [
      'has been regenerated without an overlap',
      (db, id) => regenerateApiKey(db, actor, id, { overlap: 'none', retire_when_silent: false }),
    ],
    [
      'has had its overlap ended',
      async (db, id) => {
        await regenerateApiKey(db, actor, id, { overlap: '1h', retire_when_silent: false })
        await endOverlap(db, actor, id)
      },
    ],
    [
      'has expired',
      async (db, id) => {
        await db
          .update(apiKeys)
          .set({ expiresAt: sql`clock_timestamp() + interval '30 milliseconds'` })
          .where(eq(apiKeys.id, id))
        await new Promise((resolve) => setTimeout(resolve, 40))
      },
    ],
  ])('no later look-up accepts a key that %s', async (_, end) => {
    const { before, after, refused } = await endUnderLoad(end)
    expect(after).toBe(0)
    expect(before).toBeGreaterThan(50)
    expect(refused).toBeGreaterThan(50)
  })
})
