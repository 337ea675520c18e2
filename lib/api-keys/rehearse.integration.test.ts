import { and, eq, sql } from 'drizzle-orm'
import { beforeAll, expect, it } from 'vitest'
import type { OpenDatabase } from '@/db/client'
import { accounts, apiKeys, auditEvents, outboxEvents } from '@/db/schema'
import { breakAuditChain, createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import type { Actor } from '../audit'
import { revokeApiKey } from './change'
import { findKeysIn } from './lookup'
import { MAX_REHEARSAL_ROWS } from './rehearsal-calls'
import { endRehearsals, getRehearsal, startRehearsal, stopRehearsal } from './rehearse'
import { pauseApiKey } from './restrain'
import { hashToken } from './token'
import { UsageRecorder } from './usage'

const CALL = {
  address: '203.0.113.7',
  userAgent: 'python-requests/2.32',
  method: 'GET',
  path: '/api/v1/keys',
  integration: null,
}

forEachDatabase('a rehearsed revocation', (open) => {
  let database: OpenDatabase
  let actor: Actor
  beforeAll(async () => {
    database = await open()
    actor = await createTestAccount(database.db)
  })

  async function rehearsed() {
    const { id, token } = await createTestKey(database.db, actor)
    await startRehearsal(database.db, actor, id)
    const look = async () => (await findKeysIn(database)([hashToken(token)]))[0]
    const rehearsedAt = (await look())?.rehearsedAt
    if (!rehearsedAt) throw new Error('It does not travel with the key')
    return { id, look, key: { id, accountId: actor.accountId, rehearsedAt } }
  }
  const seen = (id: string) => getRehearsal(database.db, actor.accountId, id)
  const actions = async (id: string) => {
    const rows = await database.db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.targetId, id))
      .orderBy(auditEvents.id)
    return rows.map(({ action }) => action)
  }
  const told = (id: string) =>
    database.db
      .select()
      .from(outboxEvents)
      .where(and(eq(outboxEvents.subjectId, id), eq(outboxEvents.kind, 'api_key.rehearsal_ended')))
  const isOver = (id: string) =>
    database.db.update(apiKeys).set({ rehearsingUntil: sql`now() - interval '1 minute'` }).where(eq(apiKeys.id, id))

  it('leaves the key working, and lists each call that would have failed: alike ones together, without a query', async () => {
    const { id, look, key } = await rehearsed()
    expect((await look())?.status).toBe('active')
    const usage = new UsageRecorder(database.db)
    usage.rehearse(key, { ...CALL, path: '/api/v1/keys?q=x' })
    usage.rehearse(key, CALL)
    usage.rehearse(key, { ...CALL, method: 'POST', path: 'orders/1', integration: 'erp' })
    await usage.flush()
    usage.rehearse(key, CALL)
    await usage.stop()
    const view = await seen(id)
    expect(view?.calls.map(({ method, path, integration, calls }) => ({ method, path, integration, calls }))).toEqual(
      expect.arrayContaining([
        { method: 'GET', path: '/api/v1/keys', integration: '', calls: 3 },
        { method: 'POST', path: 'orders/1', integration: 'erp', calls: 1 },
      ]),
    )
    expect(view).toMatchObject({ byName: 'Ana', calls: [{ address: '203.0.113.7' }, {}] })
    expect(Math.round(((view?.until?.getTime() ?? 0) - (view?.startedAt.getTime() ?? 0)) / 3_600_000)).toBe(24)
  })

  it('keeps a bounded list, however many callers there are', async () => {
    const { id, key } = await rehearsed()
    const usage = new UsageRecorder(database.db)
    for (let n = 0; n < MAX_REHEARSAL_ROWS * 2; n += 1) {
      usage.rehearse(key, { ...CALL, path: `/orders/${n}` })
      if (n % 150 === 0) await usage.flush()
    }
    // More than are told apart before they are written.
    for (let n = 0; n < 6_000; n += 1) usage.rehearse(key, { ...CALL, path: `/products/${n}` })
    await usage.stop()
    const calls = (await seen(id))?.calls ?? []
    expect(calls.length).toBeLessThanOrEqual(MAX_REHEARSAL_ROWS)
    expect(calls.reduce((sum, one) => sum + one.calls, 0)).toBe(MAX_REHEARSAL_ROWS * 2 + 6_000)
  })

  it('ends by itself after its day: nothing more travels with the key, and people are told what was seen', async () => {
    const [quiet, busy] = [await rehearsed(), await rehearsed()]
    const usage = new UsageRecorder(database.db)
    for (let n = 0; n < 3; n += 1) usage.rehearse(busy.key, { ...CALL, path: `/orders/${n}` })
    await usage.stop()
    for (const { id } of [quiet, busy]) await isOver(id)
    expect((await quiet.look())?.rehearsedAt).toBeNull()
    await Promise.all([endRehearsals(database.db), endRehearsals(database.db)])
    expect(await told(quiet.id)).toMatchObject([{ kind: 'api_key.rehearsal_ended', data: { calls: 0, callers: [] } }])
    expect(await told(busy.id)).toMatchObject([
      { data: { calls: 3, callers: [{ address: '203.0.113.7', userAgent: 'python-requests/2.32', calls: 3 }] } },
    ])
    expect(await actions(busy.id)).toEqual(['api_key.created', 'api_key.rehearsal_started', 'api_key.rehearsal_ended'])
    expect(await seen(busy.id)).toMatchObject({ until: null, calls: [{}, {}, {}] })
    expect((await busy.look())?.status).toBe('active')
  })

  it('that is begun again once its day is over is told of first', async () => {
    const { id, key } = await rehearsed()
    const usage = new UsageRecorder(database.db)
    usage.rehearse(key, CALL)
    await usage.stop()
    await isOver(id)
    await startRehearsal(database.db, actor, id)
    expect(await told(id)).toMatchObject([{ data: { calls: 1 } }])
    const [started, ended] = ['api_key.rehearsal_started', 'api_key.rehearsal_ended']
    expect(await actions(id)).toEqual(['api_key.created', started, ended, started])
    expect(await seen(id)).toMatchObject({ until: expect.any(Date), calls: [] })
  })

  it('ends though one of another account can’t be ended', async () => {
    const mine = actor
    actor = await createTestAccount(database.db)
    const broken = await rehearsed()
    await isOver(broken.id)
    await breakAuditChain(database.db, actor.accountId)
    const { accountId } = actor
    actor = mine
    const { id } = await rehearsed()
    await isOver(id)
    await expect(endRehearsals(database.db)).rejects.toThrow()
    expect(await told(id)).toHaveLength(1)
    await database.db.delete(accounts).where(eq(accounts.id, accountId))
  })

  it('can be stopped, and begun again with an empty list; asked for twice it goes on', async () => {
    const { id, key, look } = await rehearsed()
    await startRehearsal(database.db, actor, id)
    expect((await look())?.rehearsedAt).toEqual(key.rehearsedAt)
    const usage = new UsageRecorder(database.db)
    usage.rehearse(key, CALL)
    await usage.stop()
    await stopRehearsal(database.db, actor, id)
    await stopRehearsal(database.db, actor, id)
    expect((await look())?.rehearsedAt).toBeNull()
    expect(await seen(id)).toMatchObject({ until: null, calls: [{}] })
    await startRehearsal(database.db, actor, id)
    expect(await seen(id)).toMatchObject({ calls: [] })
    expect(await actions(id)).toEqual([
      'api_key.created',
      'api_key.rehearsal_started',
      'api_key.rehearsal_ended',
      'api_key.rehearsal_started',
    ])
  })

  it('is over once the key is revoked, of which nobody is told twice', async () => {
    const { id } = await rehearsed()
    await revokeApiKey(database.db, actor, id, null)
    expect(await endRehearsals(database.db)).toBe(0)
    expect((await seen(id))?.until).toBeNull()
    expect(await told(id)).toEqual([])
  })

  it('is refused for a key that does not work, and for one of another account', async () => {
    const { id } = await createTestKey(database.db, actor)
    await pauseApiKey(database.db, actor, id)
    await expect(startRehearsal(database.db, actor, id)).rejects.toMatchObject({ code: 'key_not_active' })
    const stranger = await createTestAccount(database.db)
    for (const ask of [startRehearsal, stopRehearsal])
      await expect(ask(database.db, stranger, id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(getRehearsal(database.db, stranger.accountId, id)).rejects.toMatchObject({ code: 'not_found' })
  })
})
