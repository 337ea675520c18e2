import { eq, inArray, sql } from 'drizzle-orm'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { apiKeys, apiKeyUses, auditEvents, bulkRevocations, customRoles, members } from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { addMember } from '@/test/notifications'
import type { Actor } from '../audit'
import { newId } from '../ids'
import { getBulkRevocation, readRevocationReport, requestBulkRevocation, runBulkRevocations } from './bulk'
import * as change from './change'
import { MAX_BULK_KEYS } from './schemas'
import { UsageRecorder } from './usage'

vi.mock(import('./change'), { spy: true })

forEachDatabase('revoking many keys at once', (open) => {
  let db: Database
  let actor: Actor
  beforeAll(async () => {
    db = (await open()).db
    actor = await createTestAccount(db)
    await addMember(db, actor.accountId, 'owner', { id: actor.id as string })
  })
  afterEach(() => void vi.mocked(change.revokeLockedKeys).mockReset())

  /** Keys as copies of one, since making them one by one takes longer than all that is tested of them. */
  async function makeKeys(count: number, owner = actor): Promise<string[]> {
    const { id } = await createTestKey(db, owner)
    await db.execute(sql`
      insert into api_keys (id, account_id, name, environment, scopes, token_hash, hint_start, hint_end, created_by_kind, created_by_name)
      select left(id, -6) || lpad(to_hex(n), 6, '0'), account_id, name || ' ' || n, environment, scopes, token_hash || n, hint_start,
        hint_end, created_by_kind, created_by_name
      from api_keys, generate_series(1, ${count - 1}::int) n where id = ${id}
      on conflict do nothing`)
    const rows = await db
      .select({ id: apiKeys.id })
      .from(apiKeys)
      .where(sql`left(id, -6) = left(${id}::text, -6) and account_id = ${owner.accountId}`)
    expect(rows).toHaveLength(count)
    return rows.map((row) => row.id)
  }
  const revokedOf = async (ids: string[]) =>
    (await db.select().from(apiKeys).where(inArray(apiKeys.id, ids))).filter((key) => key.revokedAt !== null)
  const eventsOf = async (ids: string[]) => {
    const events = await db.select().from(auditEvents).where(inArray(auditEvents.targetId, ids))
    return events.filter(({ action }) => action === 'api_key.revoked')
  }

  it('goes on where a killed runner stopped, and revokes each key once', async () => {
    const ids = await makeKeys(450)
    const work = await requestBulkRevocation(db, actor, ids, 'moved')
    const { revokeLockedKeys } = await vi.importActual<typeof change>('./change')
    vi.mocked(change.revokeLockedKeys)
      .mockImplementationOnce(revokeLockedKeys)
      .mockImplementationOnce(async (...args) => {
        await revokeLockedKeys(...args)
        throw new Error('Killed before it committed')
      })
    await expect(runBulkRevocations(db)).rejects.toThrow('Killed')
    expect(await getBulkRevocation(db, actor.accountId, work)).toMatchObject({
      done: 200,
      revoked: 200,
      finishedAt: null,
    })
    expect(await revokedOf(ids)).toHaveLength(200)

    await runBulkRevocations(db)
    const done = await getBulkRevocation(db, actor.accountId, work)
    expect(done).toMatchObject({ total: 450, done: 450, revoked: 450, finishedAt: expect.any(Date) })
    expect(new Set((await eventsOf(ids)).map(({ targetId }) => targetId)).size).toBe(450)
    expect(await eventsOf(ids)).toHaveLength(450)
    expect(
      (await revokedOf(ids)).every(
        ({ revokedReason, revokedByName }) => revokedReason === 'moved' && revokedByName === 'Ana',
      ),
    ).toBe(true)

    await runBulkRevocations(db)
    expect(await getBulkRevocation(db, actor.accountId, work)).toEqual(done)
    await expect(readRevocationReport(db, actor.accountId, 'bulk_\0')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is done once by several runners at a time', async () => {
    const ids = await makeKeys(450)
    const halves = await Promise.all([
      requestBulkRevocation(db, actor, ids.slice(0, 250), null),
      requestBulkRevocation(db, actor, ids.slice(200), null),
    ])
    await Promise.all([runBulkRevocations(db), runBulkRevocations(db), runBulkRevocations(db)])
    // A runner that finds every row held by another has nothing to do; what was held may be left for the next run.
    await runBulkRevocations(db)
    const done = await Promise.all(halves.map((id) => getBulkRevocation(db, actor.accountId, id)))
    expect(done.map((one) => [one.done, one.finishedAt !== null])).toEqual([
      [250, true],
      [250, true],
    ])
    expect(done.reduce((sum, one) => sum + one.revoked, 0)).toBe(450)
    expect(await eventsOf(ids)).toHaveLength(450)
  })

  it('does one that can be done though another cannot', async () => {
    const [broken, well] = [await makeKeys(2), await makeKeys(2)]
    const first = await requestBulkRevocation(db, actor, broken, 'broken')
    await requestBulkRevocation(db, actor, well, null)
    const { revokeLockedKeys } = await vi.importActual<typeof change>('./change')
    vi.mocked(change.revokeLockedKeys).mockImplementation(async (tx, by, keys, reason) => {
      if (reason === 'broken') throw new Error('It can’t be done')
      return revokeLockedKeys(tx, by, keys, reason)
    })
    await expect(runBulkRevocations(db)).rejects.toThrow('It can’t be done')
    expect([await revokedOf(broken), await revokedOf(well)]).toMatchObject([[], [{}, {}]])
    await db.delete(bulkRevocations).where(eq(bulkRevocations.id, first))
  })

  describe('of somebody who may do something else meanwhile', () => {
    /** Who may revoke keys by a role of the account's own, and a revocation of 450 keys of theirs of which 200 are done. */
    async function halfDone() {
      const [role, person] = [newId('customRole'), { ...actor, id: newId('user') }]
      const { accountId } = actor
      const permissions = ['keys:read', 'keys:manage']
      await db
        .insert(customRoles)
        .values({ id: role, accountId, name: role, nameHeld: role, description: '', permissions })
      await addMember(db, accountId, 'staff', { id: person.id })
      const ofThem = sql`${members.accountId} = ${accountId} and ${members.userId} = ${person.id}`
      await db.update(members).set({ role: 'custom', customRoleId: role }).where(ofThem)
      const ids = await makeKeys(450)
      const work = await requestBulkRevocation(db, person, ids, null)
      const stop = new AbortController()
      const { revokeLockedKeys } = await vi.importActual<typeof change>('./change')
      vi.mocked(change.revokeLockedKeys).mockImplementationOnce((...args) => {
        stop.abort()
        return revokeLockedKeys(...args)
      })
      await runBulkRevocations(db, stop.signal)
      expect(await revokedOf(ids)).toHaveLength(200)
      return { ids, role, ofThem, read: () => getBulkRevocation(db, accountId, work), work }
    }

    it.each<[string, (of: { role: string; ofThem: ReturnType<typeof sql> }) => PromiseLike<unknown>]>([
      ['has left', ({ ofThem }) => db.delete(members).where(ofThem)],
      ['has another role', ({ ofThem }) => db.update(members).set({ role: 'staff', customRoleId: null }).where(ofThem)],
      [
        'has a role that was changed',
        ({ role }) =>
          db
            .update(customRoles)
            .set({ permissions: ['keys:read'] })
            .where(eq(customRoles.id, role)),
      ],
    ])('stops once who asked %s, and says of which keys', async (_, lose) => {
      const { ids, read, work, ...of } = await halfDone()
      await lose(of)
      await runBulkRevocations(db)
      const done = await read()
      expect(done).toMatchObject({ total: 450, done: 450, revoked: 200, finishedAt: expect.any(Date) })
      expect(done.outcomes).toMatchObject({ revoked: 200, not_allowed: 250, not_found: 0 })
      const revoked = (await revokedOf(ids)).map(({ id }) => id)
      expect(revoked).toHaveLength(200)
      const left = (await readRevocationReport(db, actor.accountId, work)).filter((one) => !revoked.includes(one.keyId))
      expect(left).toHaveLength(250)
      expect(left.every(({ name, outcome }) => name?.startsWith('Key ') && outcome === 'not_allowed')).toBe(true)
    })

    it('goes on while they may revoke keys, whatever else they may not', async () => {
      const { ids, ofThem, read } = await halfDone()
      await db.update(members).set({ role: 'admin', customRoleId: null }).where(ofThem)
      await runBulkRevocations(db)
      expect(await read()).toMatchObject({ done: 450, revoked: 450, outcomes: { revoked: 450, not_allowed: 0 } })
      expect(await revokedOf(ids)).toHaveLength(450)
    })
  })

  describe('leaves alone', () => {
    async function run(ids: string[], by = actor, wall: change.EnvironmentWall = null) {
      const work = await requestBulkRevocation(db, by, ids, null, wall)
      await runBulkRevocations(db)
      const { done, revoked } = await getBulkRevocation(db, by.accountId, work)
      return { done, revoked, left: ids.length - (await revokedOf(ids)).length }
    }

    it('keys of other accounts', async () => {
      const stranger = await createTestAccount(db, 'Another shop')
      const theirs = await makeKeys(3, stranger)
      expect(await run(theirs)).toEqual({ done: 3, revoked: 0, left: 3 })
      expect(await eventsOf(theirs)).toEqual([])
    })

    it('live keys, where a test key asked', async () => {
      const live = await makeKeys(2)
      const { id: test } = await createTestKey(db, actor, { environment: 'test' })
      expect(await run([...live, test], actor, 'test')).toEqual({ done: 3, revoked: 1, left: 2 })
      expect(await revokedOf([test])).toHaveLength(1)
    })

    it('keys that were revoked before', async () => {
      const ids = await makeKeys(2)
      await change.revokeApiKey(db, actor, ids[0] as string, 'before')
      expect(await run(ids)).toEqual({ done: 2, revoked: 1, left: 0 })
      expect((await revokedOf(ids)).map(({ revokedReason }) => revokedReason).sort()).toEqual(['before', null])
    })

    it('keys that were used after they were chosen as unused', async () => {
      const ids = await makeKeys(3)
      const [usedBefore, usedSince] = ids as [string, string]
      const use = (keyId: string, lastUsedAt: ReturnType<typeof sql>) =>
        db.insert(apiKeyUses).values({ keyId, accountId: actor.accountId, lastUsedAt })
      await use(usedBefore, sql`now() - interval '100 days'`)
      const work = await requestBulkRevocation(db, actor, ids, null)
      await use(usedSince, sql`now()`)
      await runBulkRevocations(db)
      expect(await getBulkRevocation(db, actor.accountId, work)).toMatchObject({ done: 3, revoked: 2 })
      expect((await revokedOf(ids)).map(({ id }) => id)).not.toContain(usedSince)
    })

    it('no keys that were in use when they were chosen, though only since today', async () => {
      const [id = ''] = await makeKeys(1)
      const usage = new UsageRecorder(db)
      const key = { id, accountId: actor.accountId }
      const from = { address: null, userAgent: null }
      usage.record(key, from, [], Date.now() - 3_600_000)
      await usage.flush()
      const work = await requestBulkRevocation(db, actor, [id], 'stolen')
      usage.record(key, from)
      await usage.stop()
      await runBulkRevocations(db)
      expect(await getBulkRevocation(db, actor.accountId, work)).toMatchObject({ done: 1, revoked: 1 })
    })
  })

  it('refuses more keys than the limit, and counts a key that is named twice once', async () => {
    const ids = Array.from({ length: MAX_BULK_KEYS + 1 }, (_, n) => `key_${n}`)
    await expect(requestBulkRevocation(db, actor, ids, null)).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ field: 'keys' }],
    })
    const [id] = await makeKeys(1)
    const work = await requestBulkRevocation(db, actor, [id, id] as string[], null)
    await runBulkRevocations(db)
    expect(await getBulkRevocation(db, actor.accountId, work)).toMatchObject({ total: 1, done: 1, revoked: 1 })
  })
})
