import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { createTestAccount } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import {
  type Actor,
  listAuditEvents,
  listAuditEventsOf,
  listAuditEventsQuery,
  readAuditEvents,
  recordAuditEvent,
  systemActor,
} from '.'

const queryOf = (input: Record<string, unknown> = {}) => listAuditEventsQuery.parse(input)

forEachDatabase('the list of audit events', (open, driver) => {
  let db: Database
  // What is planned is Postgres's own affair, whatever the driver.
  const itLooksAtPlans = driver === 'pg' ? it : undefined
  beforeAll(async () => {
    db = (await open()).db
  })

  it('of one thing has its own account’s, newest first, at most so many, and as they were recorded', async () => {
    const [actor, stranger] = [await createTestAccount(db), await createTestAccount(db, 'Another shop')]
    for (const name of ['one', 'two', 'three']) await recordAuditEvent(db, actor, 'api_key.renamed', 'key_1', { name })
    await recordAuditEvent(db, actor, 'api_key.renamed', 'key_2', { name: 'of another key' })
    await recordAuditEvent(db, stranger, 'api_key.renamed', 'key_1', { name: 'of another account' })

    const events = await listAuditEventsOf(db, actor.accountId, 'key_1', 2)
    expect(events.map(({ details }) => details)).toEqual([{ name: 'three' }, { name: 'two' }])
    expect(events[0]).toMatchObject({
      action: 'api_key.renamed',
      actor: { kind: 'user', id: actor.id, name: 'Ana' },
      target: { kind: 'api_key', id: 'key_1' },
      address: '203.0.113.7',
      requestId: 'req_test',
      at: expect.any(Date),
      link: { seq: 3, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    expect(await listAuditEventsOf(db, stranger.accountId, 'key_1', 9)).toHaveLength(1)
    expect(await listAuditEventsOf(db, stranger.accountId, 'key_2', 9)).toEqual([])
  })

  describe('narrowed', () => {
    let actor: Actor
    beforeAll(async () => {
      actor = await createTestAccount(db)
      const stranger = await createTestAccount(db)
      const elsewhere = { ...actor, id: 'usr_2', name: 'Bea 100%', address: '198.51.100.9', requestId: 'req_2' }
      await recordAuditEvent(db, actor, 'api_key.created', 'key_1', { n: 1, name: 'Sync' })
      await recordAuditEvent(db, elsewhere, 'api_key.revoked', 'key_1', { n: 2, reason: 'Lost “laptop”' })
      await recordAuditEvent(db, systemActor(actor.accountId), 'credential.renewed', 'cred_1', { n: 3 })
      await recordAuditEvent(db, elsewhere, 'credential.deleted', 'cred_1', { n: 4 })
      await recordAuditEvent(db, stranger, 'api_key.created', 'key_1', { n: 5, name: 'Sync' })
    })

    it.each<[Record<string, string>, number[]]>([
      [{}, [4, 3, 2, 1]],
      [{ action: 'api_key' }, [2, 1]],
      [{ action: 'api_key.revoked' }, [2]],
      [{ actor: 'usr_2' }, [4, 2]],
      [{ actor: 'system' }, [3]],
      [{ target: 'cred_1' }, [4, 3]],
      [{ address: '198.51.100.9' }, [4, 2]],
      [{ address: '198.51.100.9', action: 'credential' }, [4]],
      [{ q: 'laptop' }, [2]],
      [{ q: 'sync' }, [1]],
      [{ q: '100%' }, [4, 2]],
      [{ q: '1%0' }, []],
      [{ q: 'req_2' }, [4, 2]],
      [{ q: 'renewed' }, [3]],
      [{ from: '2000-01-01', to: '2000-12-31' }, []],
      [{ from: '2000-01-01T00:00:00Z' }, [4, 3, 2, 1]],
    ])('by %j', async (filter, found) => {
      const { events } = await listAuditEvents(db, actor.accountId, queryOf(filter))
      expect(events.map(({ details }) => details.n)).toEqual(found)
    })

    it('by days has the first and the last of them', async () => {
      const today = new Date().toISOString().slice(0, 10)
      expect((await listAuditEvents(db, actor.accountId, queryOf({ from: today, to: today }))).events).toHaveLength(4)
    })
  })

  it('comes in pages that miss nothing and repeat nothing, also of one moment', async () => {
    const actor = await createTestAccount(db)
    await db.transaction(async (tx) => {
      for (let n = 0; n < 7; n++) await recordAuditEvent(tx, actor, 'api_key.created', `key_${n}`)
    })
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listAuditEvents(db, actor.accountId, queryOf({ limit: 3, cursor }))
      seen.push(...page.events.map(({ target }) => target.id))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    const all = ['key_6', 'key_5', 'key_4', 'key_3', 'key_2', 'key_1', 'key_0']
    expect(seen).toEqual(all)

    const read: string[] = []
    for await (const event of readAuditEvents(db, actor.accountId, queryOf(), 3)) read.push(event.target.id)
    expect(read).toEqual(all)
  })

  const cursorAt = (time: string) => Buffer.from(JSON.stringify(['newest', time, 'evt_1'])).toString('base64url')
  it.each([
    'nonsense',
    ...['2026-99-99', '2026-02-30', '2027-02-29'].map((day) => cursorAt(`${day}T00:00:00.000000Z`)),
  ])('refuses a cursor that it has not given: %s', async (cursor) => {
    const { accountId } = await createTestAccount(db)
    await expect(listAuditEvents(db, accountId, queryOf({ cursor }))).rejects.toMatchObject({ code: 'invalid' })
  })

  itLooksAtPlans?.('of 100,000 is read by the index of what it is narrowed by, newest first', async () => {
    const { accountId } = await createTestAccount(db)
    await db.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`)
      await tx.execute(sql`
        insert into audit_events (id, account_id, at, action, actor_kind, actor_id, actor_name, target_kind, target_id,
          address, details)
        select 'evt_' || ${accountId} || n, ${accountId}, now() - make_interval(mins => n), 'api_key.renamed', 'user',
          'usr_' || n % 50, 'Ana', case when n % 1000 = 0 then 'member' else 'api_key' end, 'key_' || n % 5000,
          '198.51.100.' || n % 250, jsonb_build_object('before', n, 'after', n + 1)
        from generate_series(1, 100000) n`)
    })
    await db.execute(sql`analyze audit_events`)
    for (const [narrowed, name] of [
      [sql``, 'account'],
      [sql`and target_id = 'key_17'`, 'target'],
      [sql`and target_kind = 'member'`, 'kind'],
      [sql`and actor_id = 'usr_nobody'`, 'actor'],
      [sql`and address = '203.0.113.7'`, 'address'],
    ] as const) {
      const plan = await db.execute(sql`
        explain select * from audit_events where account_id = ${accountId} ${narrowed} order by at desc, id desc limit 25`)
      expect(JSON.stringify(plan)).toContain(`Index Scan Backward using audit_events_${name}_idx`)
      expect(JSON.stringify(plan)).not.toContain('Sort')
    }
    const started = performance.now()
    expect((await listAuditEvents(db, accountId, queryOf())).events).toHaveLength(25)
    expect((await listAuditEvents(db, accountId, queryOf({ q: 'nowhere' }))).events).toEqual([])
    // The search reads all of them: some 200 ms where nothing else runs.
    expect(performance.now() - started).toBeLessThan(3_000)
  })
})
