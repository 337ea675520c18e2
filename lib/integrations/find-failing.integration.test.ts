import { eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { credentials, integrations, notificationEpisodes, outboxEvents, proxyCalls } from '@/db/schema'
import { createTestAccount } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import type { Actor } from '../audit'
import { newId } from '../ids'
import { parseInput } from '../input'
import { findFailingIntegrations, getIntegration, integrationChanges, updateIntegration } from '.'

forEachDatabase('an integration whose calls fail', (open) => {
  let db: Database
  let actor: Actor
  let accountId: string
  let id: string
  beforeAll(async () => {
    db = (await open()).db
  })
  beforeEach(async () => {
    await db.delete(integrations)
    actor = await createTestAccount(db)
    ;({ accountId } = actor)
    id = await integration('labels')
  })

  async function integration(slug: string): Promise<string> {
    const id = newId('integration')
    await db.insert(integrations).values({
      id,
      accountId,
      name: 'Shipping labels',
      slug,
      credentialId: null,
      baseUrl: 'https://api.goshippo.com/v1',
      methods: ['GET'],
      paths: [],
      headers: [],
      timeoutMs: 30_000,
      state: 'enabled',
      createdByKind: 'user',
      createdById: 'usr_1',
      createdByName: 'Ana',
      calledAsSince: new Date(Date.now() - 86_400_000),
    })
    return id
  }
  async function credential(): Promise<string> {
    const id = newId('credential')
    await db.insert(credentials).values({
      id,
      accountId,
      name: 'Shippo',
      nameHeld: 'shippo',
      type: 'bearer',
      settings: { type: 'bearer' },
      secretSetAt: {},
      hosts: [],
      createdByKind: 'user',
      createdById: 'usr_1',
      createdByName: 'Ana',
    })
    return id
  }
  type Call = [minutesAgo: number, result: number | 'timeout' | 'token_unavailable' | 'called_off' | 'called_off_late']
  async function calls(of: string, made: Call[]): Promise<void> {
    for (const [minutesAgo, result] of made) {
      await db.insert(proxyCalls).values({
        id: newId('proxyCall'),
        accountId,
        at: sql`now() - ${minutesAgo}::float8 * interval '1 minute'`,
        keyId: 'key_1',
        userId: null,
        integrationId: of,
        credentialId: 'cred_1',
        host: 'api.goshippo.com',
        method: 'GET',
        path: '/shipments',
        outcome: typeof result === 'number' ? 'answered' : result === 'called_off_late' ? 'called_off' : result,
        status: typeof result === 'number' ? result : 502,
        latencyMs: 1,
        totalMs: result === 'called_off_late' ? 12_000 : 1,
        requestBytes: 0,
        responseBytes: 0,
        requestId: 'req_1',
      })
    }
  }
  const told = async (of = id) => {
    const rows = await db.select().from(outboxEvents).where(eq(outboxEvents.subjectId, of))
    return rows.map(({ kind, data, notifiedAt }) => ({ kind, data, isSilent: notifiedAt !== null }))
  }
  const failed = (...minutesAgo: number[]): Call[] => minutesAgo.map((ago) => [ago, 503])

  it('is told of once, with since when and how, and again only after it worked', async () => {
    await calls(id, [[60, 200], [30, 'timeout'], [20, 401], [9, 503], [2, 'token_unavailable'], ...failed(1)])
    const found = await Promise.all([findFailingIntegrations(db), findFailingIntegrations(db)])
    expect(found.map(({ failing }) => failing).sort()).toEqual([0, 1])
    const [event, ...more] = await told()
    expect(more).toEqual([])
    expect(event).toEqual({
      kind: 'integration.failing',
      isSilent: false,
      data: {
        name: 'Shipping labels',
        environment: 'live',
        slug: 'labels',
        host: 'api.goshippo.com',
        credentialId: null,
        failingSince: expect.any(String),
        outcome: 'answered',
        status: 503,
      },
    })
    const since = Date.now() - Date.parse(String(event?.data.failingSince))
    expect(since / 60_000).toBeCloseTo(30, 0)
    const failingSince = async () => (await getIntegration(db, { accountId }, id)).failingSince?.toISOString()
    expect(await failingSince()).toBe(event?.data.failingSince)
    await calls(id, [...failed(0.5), [0.45, 'called_off']])
    expect(await findFailingIntegrations(db)).toEqual({ failing: 0, recovered: 0 })
    await calls(id, [[0.4, 404]])
    expect(await findFailingIntegrations(db)).toEqual({ failing: 0, recovered: 1 })
    expect(await failingSince()).toBeUndefined()
    await calls(id, failed(0.3))
    expect(await findFailingIntegrations(db)).toEqual({ failing: 0, recovered: 0 })
    // A quarter of an hour goes by.
    await db.update(proxyCalls).set({ at: sql`at - interval '15 minutes'` })
    await calls(id, failed(4, 3, 2, 1))
    expect(await findFailingIntegrations(db)).toEqual({ failing: 1, recovered: 0 })
    expect(await told()).toHaveLength(2)
  })

  it('has recovered once a call went well, also where the next ones fail before anybody looked', async () => {
    await calls(id, failed(30, 20, 10, 5, 1))
    expect(await findFailingIntegrations(db)).toEqual({ failing: 1, recovered: 0 })
    await calls(id, [[0.5, 200], ...failed(0.4, 0.3)])
    expect(await findFailingIntegrations(db)).toEqual({ failing: 0, recovered: 1 })
    expect((await getIntegration(db, { accountId }, id)).failingSince).toBeNull()
    await db.update(proxyCalls).set({ at: sql`at - interval '15 minutes'` })
    await calls(id, failed(3, 2, 1))
    expect(await findFailingIntegrations(db)).toEqual({ failing: 1, recovered: 0 })
    const [, again] = await told()
    const since = Date.now() - Date.parse(String(again?.data.failingSince))
    expect(Math.round(since / 60_000)).toBe(15)
  })

  it('is told of where apps give up waiting for it, each before its own time is over', async () => {
    await calls(
      id,
      [30, 20, 10, 5, 1].map((ago) => [ago, 'called_off_late']),
    )
    expect(await findFailingIntegrations(db)).toEqual({ failing: 1, recovered: 0 })
    expect(await told()).toMatchObject([{ data: { outcome: 'timeout' } }])
  })

  it('is told of anew where it goes on failing though its credential is well again', async () => {
    const credentialId = await credential()
    await db.update(integrations).set({ credentialId }).where(eq(integrations.id, id))
    const episodeId = newId('episode')
    await db.insert(notificationEpisodes).values({
      id: episodeId,
      accountId,
      subjectId: credentialId,
      trouble: 'renewal',
      stage: 'credential.reauthorization_required',
      data: {},
    })
    const refused: Call[] = [30, 20, 10, 5, 1].map((ago) => [ago, 'token_unavailable'])
    await calls(id, refused)
    expect(await findFailingIntegrations(db)).toEqual({ failing: 1, recovered: 0 })
    await db.update(notificationEpisodes).set({ closedAt: sql`now()` }).where(eq(notificationEpisodes.id, episodeId))
    expect(await findFailingIntegrations(db)).toEqual({ failing: 0, recovered: 1 })
    await db.update(proxyCalls).set({ at: sql`at - interval '15 minutes'` })
    await db.update(notificationEpisodes).set({ closedAt: sql`closed_at - interval '15 minutes'` })
    await calls(id, failed(13, 12, 3, 2))
    expect(await findFailingIntegrations(db)).toEqual({ failing: 0, recovered: 0 })
    await calls(id, failed(1))
    expect(await findFailingIntegrations(db)).toEqual({ failing: 1, recovered: 0 })
    const [, again] = await told()
    expect(again?.data).toMatchObject({ credentialId, outcome: 'answered', status: 503 })
    expect(Math.round((Date.now() - Date.parse(String(again?.data.failingSince))) / 60_000)).toBe(13)
  })

  it('is told of once where a service is down, whatever becomes of its credential meanwhile', async () => {
    const credentialId = await credential()
    await db.update(integrations).set({ credentialId }).where(eq(integrations.id, id))
    await calls(id, failed(30, 20, 10, 5, 1))
    expect(await findFailingIntegrations(db)).toEqual({ failing: 1, recovered: 0 })
    await db.insert(notificationEpisodes).values({
      id: newId('episode'),
      accountId,
      subjectId: credentialId,
      trouble: 'renewal',
      stage: 'credential.renewal_failing',
      data: {},
      closedAt: sql`now()`,
    })
    expect(await findFailingIntegrations(db)).toEqual({ failing: 0, recovered: 0 })
  })

  it('is not told of once it is paused', async () => {
    await calls(id, failed(30, 20, 10, 5, 1))
    await db.update(integrations).set({ state: 'paused' }).where(eq(integrations.id, id))
    expect(await findFailingIntegrations(db)).toEqual({ failing: 0, recovered: 0 })
    expect(await told()).toEqual([])
  })

  it('is told of although it was renamed since', async () => {
    await calls(id, failed(30, 20, 10, 5, 1))
    const store = { db, policy: { allow: [] } }
    const changes = parseInput(integrationChanges, { name: 'Labels', slug: 'labels-2', timeout_ms: 30_000 })
    await updateIntegration(store, actor, id, changes)
    expect(await findFailingIntegrations(db)).toEqual({ failing: 1, recovered: 0 })
    expect(await told()).toMatchObject([{ data: { name: 'Labels', slug: 'labels-2' } }])
  })

  it('is not told of for calls that failed before it was changed', async () => {
    await calls(id, failed(30, 25, 20, 15, 12, 11, 6, 4))
    const changed = new Date(Date.now() - 10.5 * 60_000)
    await db.update(integrations).set({ calledAsSince: changed }).where(eq(integrations.id, id))
    expect(await findFailingIntegrations(db)).toEqual({ failing: 0, recovered: 0 })
    await db.update(proxyCalls).set({ at: sql`at - interval '15 minutes'` })
    await db
      .update(integrations)
      .set({ calledAsSince: new Date(+changed - 15 * 60_000) })
      .where(eq(integrations.id, id))
    await calls(id, failed(3, 2, 1))
    expect(await findFailingIntegrations(db)).toEqual({ failing: 1, recovered: 0 })
    const [event] = await told()
    expect(Math.round((Date.now() - Date.parse(String(event?.data.failingSince))) / 60_000)).toBe(21)
  })

  it.each<[what: string, made: Call[]]>([
    ['was not called', []],
    ['failed four times only', failed(30, 20, 10, 1)],
    ['failed for less than ten minutes', failed(9.5, 7, 5, 3, 1, 0.5)],
    ['worked in between', [...failed(30, 25, 20), [5, 200], ...failed(4, 3, 2, 1, 0.5)]],
    ['worked just now', [...failed(30, 25, 20, 15, 10, 5), [1, 200]]],
    ['is refused what it asks for', [30, 25, 20, 15, 10, 5].map((ago) => [ago, 403])],
    ['was called by apps that went away', [30, 25, 20, 15, 10, 5, 1].map((ago) => [ago, 'called_off'])],
    ['was not called any more for long', failed(300, 250, 200, 150, 100)],
  ])('is not told of when it %s', async (_, made) => {
    const other = await integration('other')
    await calls(other, failed(40, 30, 20, 10, 1))
    await calls(id, made)
    await findFailingIntegrations(db)
    expect(await told()).toEqual([])
    expect(await told(other)).toHaveLength(1)
  })
})
