import { eq, type SQL, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Database, OpenDatabase } from '@/db/client'
import { accounts, auditChains, auditEvents, auditLinks } from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { findKeysIn, hashToken, KeyLookup } from '../api-keys'
import { type Actor, recordAuditEvent, recordAuditEvents, systemActor } from '.'
import { verifyChain } from './verify'

/** An account with five events. */
async function makeChain(db: Database): Promise<{ actor: Actor; ids: string[] }> {
  const actor = await createTestAccount(db)
  const events = [1, 2, 3, 4, 5].map((n) => ({ targetId: 'key_1', details: { n } }))
  await recordAuditEvents(db, actor, 'api_key.renamed', events)
  return { actor, ids: await linkedEvents(db, actor.accountId) }
}

async function linkedEvents(db: Database, accountId: string): Promise<string[]> {
  const links = await db
    .select({ id: auditLinks.eventId })
    .from(auditLinks)
    .where(eq(auditLinks.accountId, accountId))
    .orderBy(auditLinks.seq)
  return links.map(({ id }) => id)
}

/** Does to the tables what nothing but a superuser may: no trigger sees it. */
async function tamper(db: Database, ...statements: SQL[]): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`)
    for (const statement of statements) await tx.execute(statement)
  })
}

/** The message of the database behind the query's error. */
async function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error) => String((error as Error).cause ?? error),
  )
}

/** A row that looks as if Fenicia had written it. */
function forged(id: string, accountId: string): SQL {
  return sql`insert into audit_events
    (id, account_id, action, actor_kind, actor_name, target_kind, target_id, details)
    values (${id}, ${accountId}, 'api_key.created', 'user', 'Ana', 'api_key', 'key_9', '{}')`
}

type Chained = { account: string; ids: string[] }
const link = (seq: number, { account }: Chained) => sql`account_id = ${account} and seq = ${seq}`
const event = (n: number, { ids }: Chained) => sql`id = ${ids[n - 1]}`

/** What somebody does to a chain of five past the triggers, and what is then found to be broken, and where. */
const tamperings: [string, (chain: Chained) => SQL[], [fault: string, seq: number | null]][] = [
  ...['action', 'actor_name', 'actor_id', 'address', 'user_agent', 'request_id', 'target_id', 'target_kind'].map(
    (column): (typeof tamperings)[number] => [
      `changing the ${column} of an event`,
      (c) => [sql`update audit_events set ${sql.identifier(column)} = 'other' where ${event(3, c)}`],
      ['edited', 3],
    ],
  ),
  [
    'changing the details of an event',
    (c) => [sql`update audit_events set details = '{"n": 9}' where ${event(1, c)}`],
    ['edited', 1],
  ],
  [
    'moving the time of an event by a microsecond',
    (c) => [sql`update audit_events set at = at - interval '1 microsecond' where ${event(5, c)}`],
    ['edited', 5],
  ],
  [
    'changing an event and making its hash anew',
    (c) => [
      sql`update audit_events set action = 'x' where ${event(2, c)}`,
      sql`update audit_links l set hash = audit_hash(l.previous, e) from audit_events e
        where e.id = l.event_id and e.${event(2, c)}`,
    ],
    ['reordered', 3],
  ],
  ['changing the hash of a link', (c) => [sql`update audit_links set hash = 'x' where ${link(4, c)}`], ['edited', 4]],
  ['deleting an event', (c) => [sql`delete from audit_events where ${event(3, c)}`], ['event_missing', 3]],
  ['deleting a link', (c) => [sql`delete from audit_links where ${link(3, c)}`], ['link_missing', 3]],
  [
    'deleting an event with its link',
    (c) => [sql`delete from audit_events where ${event(2, c)}`, sql`delete from audit_links where ${link(2, c)}`],
    ['link_missing', 2],
  ],
  [
    'deleting an event with its link, and closing the gap',
    (c) => [
      sql`delete from audit_events where ${event(2, c)}`,
      sql`delete from audit_links where ${link(2, c)}`,
      sql`update audit_links set seq = seq - 1000 where account_id = ${c.account} and seq > 2`,
      sql`update audit_links set seq = seq + 999 where account_id = ${c.account} and seq < 0`,
      sql`update audit_chains set seq = 4 where account_id = ${c.account}`,
    ],
    ['reordered', 2],
  ],
  [
    'deleting the first event with its link',
    (c) => [sql`delete from audit_events where ${event(1, c)}`, sql`delete from audit_links where ${link(1, c)}`],
    ['link_missing', 1],
  ],
  [
    'cutting the beginning as retention does, without saying so',
    (c) => [
      sql`update audit_chains set cut_seq = 2, cut_hash = (select hash from audit_links where ${link(2, c)})
        where account_id = ${c.account}`,
      sql`delete from audit_events where ${event(1, c)} or ${event(2, c)}`,
      sql`delete from audit_links where account_id = ${c.account} and seq <= 2`,
    ],
    ['cut_unrecorded', 2],
  ],
  [
    'deleting the last event with its link',
    (c) => [sql`delete from audit_events where ${event(5, c)}`, sql`delete from audit_links where ${link(5, c)}`],
    ['tail_cut', 5],
  ],
  [
    'deleting all of it',
    (c) => ['events', 'links'].map((what) => sql.raw(`delete from audit_${what} where account_id = '${c.account}'`)),
    ['tail_cut', 1],
  ],
  ['putting an event in', (c) => [forged('evt_a', c.account)], ['inserted', null]],
  [
    'putting an event in with a link after the last',
    (c) => [
      forged('evt_b', c.account),
      sql`insert into audit_links select account_id, 6, 'evt_b', hash, audit_hash(hash, e)
        from audit_links join audit_events e using (account_id) where ${link(5, c)} and e.id = 'evt_b'`,
    ],
    ['head_mismatch', 5],
  ],
  [
    'putting an event in the place of another',
    (c) => [forged('evt_c', c.account), sql`update audit_links set event_id = 'evt_c' where ${link(3, c)}`],
    ['edited', 3],
  ],
  [
    'exchanging two events',
    (c) => [
      sql`update audit_links set event_id = 'x' where ${link(2, c)}`,
      sql`update audit_links set event_id = ${c.ids[1]} where ${link(3, c)}`,
      sql`update audit_links set event_id = ${c.ids[2]} where ${link(2, c)}`,
    ],
    ['edited', 2],
  ],
  [
    'exchanging two links',
    (c) => [
      sql`update audit_links set seq = 99 where ${link(2, c)}`,
      sql`update audit_links set seq = 2 where ${link(3, c)}`,
      sql`update audit_links set seq = 3 where ${link(99, c)}`,
    ],
    ['reordered', 2],
  ],
  [
    'changing the end on record',
    (c) => [sql`update audit_chains set hash = 'x' where account_id = ${c.account}`],
    ['head_mismatch', 5],
  ],
  [
    'deleting the end on record',
    (c) => [sql`delete from audit_chains where account_id = ${c.account}`],
    ['head_mismatch', 0],
  ],
  [
    'making the whole rest of the chain anew after a checkpoint',
    (c) => [
      sql`insert into audit_checkpoints select account_id, seq, hash from audit_chains where account_id = ${c.account}`,
      sql`delete from audit_events where ${event(5, c)}`,
      sql`delete from audit_links where ${link(5, c)}`,
      sql`update audit_chains set seq = 4, hash = (select hash from audit_links where ${link(4, c)})
        where account_id = ${c.account}`,
    ],
    ['checkpoint_mismatch', 5],
  ],
]

/** What plain SQL is refused, with nothing switched off. */
const refused: [string, (chain: Chained) => SQL][] = [
  ['changing an event', (c) => sql`update audit_events set action = 'x' where ${event(1, c)}`],
  ['deleting an event', (c) => sql`delete from audit_events where ${event(5, c)}`],
  ['emptying the events', () => sql`truncate audit_events`],
  ['emptying the accounts', () => sql`truncate accounts cascade`],
  ['putting an event in', (c) => forged('evt_d', c.account)],
  ['changing a link', (c) => sql`update audit_links set seq = 9 where ${link(1, c)}`],
  ['deleting a link', (c) => sql`delete from audit_links where ${link(5, c)}`],
  ['emptying the links', () => sql`truncate audit_links`],
  ['putting a link in', (c) => sql`insert into audit_links values (${c.account}, 6, 'x', 'x', 'x')`],
  ['moving the end', (c) => sql`update audit_chains set seq = 4 where account_id = ${c.account}`],
  ['moving the beginning', (c) => sql`update audit_chains set cut_seq = 2 where account_id = ${c.account}`],
  ['deleting the end', (c) => sql`delete from audit_chains where account_id = ${c.account}`],
  ['emptying the ends', () => sql`truncate audit_chains`],
  ['changing checkpoints', () => sql`update audit_checkpoints set hash = 'x'`],
  ['emptying the checkpoints', () => sql`truncate audit_checkpoints`],
]

forEachDatabase('the chain of an account’s events', (open, driver) => {
  let db: Database
  let prepareLookup: OpenDatabase['prepareLookup']
  // The embedded database has one connection: nothing in it can wait for anything.
  const itNeedsTwoConnections = driver === 'pglite' ? undefined : it
  beforeAll(async () => {
    ;({ db, prepareLookup } = await open())
  })

  it('has each event as a link, in the order of their transactions, and is whole', async () => {
    const { actor, ids } = await makeChain(db)
    const report = await verifyChain(db, actor.accountId, 2)
    expect(report).toMatchObject({ verified: 5, seq: 5, cutSeq: 0, broken: null })
    expect(ids).toEqual(ids.toSorted())
  })

  it('is reckoned alike by the database and by us, whatever the events hold', async () => {
    const actor: Actor = {
      ...(await createTestAccount(db, 'Ünïcode')),
      id: null,
      name: 'Añá “1:x” 漢字 🜚',
      address: null,
      userAgent: '\ttabs\u0085and -',
      requestId: null,
    }
    const details = { b: [1, 1.5, -0, 1e21, 1e-7, null, true], a: { 'ключ "\\"': '\u0001\u2028\n/' }, empty: {} }
    await recordAuditEvent(db, actor, 'account.created', actor.accountId, details)
    expect(await verifyChain(db, actor.accountId)).toMatchObject({ verified: 1, broken: null })
  })

  it('is empty and whole for an account without events', async () => {
    const { accountId } = await createTestAccount(db)
    expect(await verifyChain(db, accountId)).toMatchObject({ verified: 0, seq: 0, broken: null })
  })

  it('has nothing of a transaction, or of a part of one, that was taken back', async () => {
    const { actor } = await makeChain(db)
    await db
      .transaction(async (tx) => {
        await recordAuditEvent(tx, actor, 'api_key.renamed', 'key_2')
        throw new Error('no')
      })
      .catch(() => {})
    await db.transaction(async (tx) => {
      await recordAuditEvent(tx, actor, 'api_key.renamed', 'key_3')
      await tx
        .transaction(async (part) => {
          await recordAuditEvent(part, actor, 'api_key.renamed', 'key_4')
          throw new Error('no')
        })
        .catch(() => {})
    })
    expect(await verifyChain(db, actor.accountId)).toMatchObject({ verified: 6, seq: 6, broken: null })
  })

  it('takes events of several accounts in one transaction, and 500 at once quickly', async () => {
    const [one, other] = [await createTestAccount(db), await createTestAccount(db)]
    const many = Array.from({ length: 500 }, (_, n) => ({ targetId: `key_${n}`, details: { n } }))
    const started = performance.now()
    await db.transaction(async (tx) => {
      await recordAuditEvent(tx, other, 'api_key.renamed', 'key_1')
      await recordAuditEvents(tx, one, 'api_key.revoked', many)
      await recordAuditEvent(tx, other, 'api_key.renamed', 'key_2')
    })
    // Some 50 ms where nothing else runs.
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(await verifyChain(db, one.accountId)).toMatchObject({ verified: 500, broken: null })
    expect(await verifyChain(db, other.accountId)).toMatchObject({ verified: 2, broken: null })
  })

  it('goes with its account, and with nothing less', async () => {
    const [{ actor: gone }, { actor: stays }] = [await makeChain(db), await makeChain(db)]
    await db.transaction(async (tx) => {
      // In the transaction that deletes it, too.
      await recordAuditEvent(tx, gone, 'account.created', gone.accountId)
      await tx.delete(accounts).where(eq(accounts.id, gone.accountId))
    })
    for (const table of [auditEvents, auditLinks, auditChains]) {
      expect(await db.$count(table, eq(table.accountId, gone.accountId))).toBe(0)
    }
    expect(await verifyChain(db, stays.accountId)).toMatchObject({ verified: 5, broken: null })
  })

  it('leaves nothing behind of what is written down while a transaction goes on', async () => {
    await makeChain(db)
    expect(await db.execute(sql`select from audit_queue`)).toMatchObject({ rows: [] })
  })

  it('stays unbroken while 100 write at once, to two accounts in either order', async () => {
    const [one, other] = [await createTestAccount(db), await createTestAccount(db)]
    await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        db.transaction(async (tx) => {
          for (const actor of n % 2 === 0 ? [one, other] : [other, one]) {
            await recordAuditEvent(tx, actor, 'api_key.renamed', `key_${n}`, { n })
          }
        }),
      ),
    )
    for (const { accountId } of [one, other]) {
      expect(await verifyChain(db, accountId, 30)).toMatchObject({ verified: 100, seq: 100, broken: null })
      expect(new Set(await linkedEvents(db, accountId)).size).toBe(100)
    }
  })

  itNeedsTwoConnections?.('keeps no look-up of a key waiting, whoever waits for the end of the chain', async () => {
    const { actor } = await makeChain(db)
    const key = await createTestKey(db, actor)
    const lookup = new KeyLookup(findKeysIn({ db, prepareLookup }))
    const waiting = async () => {
      const answer = await db.execute(sql`
          select query from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
      return (answer as { rows: { query: string }[] }).rows
    }
    let writer: Promise<void> | undefined
    await db.transaction(async (tx) => {
      await tx.execute(sql`select from audit_chains where account_id = ${actor.accountId} for update`)
      writer = recordAuditEvent(db, actor, 'api_key.renamed', key.id)
      await expect.poll(waiting, { interval: 5 }).toHaveLength(1)
      expect(await lookup.find(hashToken(key.token))).toMatchObject({ id: key.id })
      // Only the writer waits still.
      expect(await waiting()).toMatchObject([{ query: expect.stringContaining('append_audit_events') }])
    })
    await writer
    expect(await verifyChain(db, actor.accountId)).toMatchObject({ verified: 7, broken: null })
  })

  describe('past the triggers', () => {
    let neighbour: Actor
    beforeAll(async () => {
      neighbour = (await makeChain(db)).actor
    })

    it.each(tamperings)('%s is found', async (_, statements, [fault, seq]) => {
      const { actor, ids } = await makeChain(db)
      await tamper(db, ...statements({ account: actor.accountId, ids }))
      const { broken } = await verifyChain(db, actor.accountId, 2)
      expect([broken?.fault, broken?.seq]).toEqual([fault, seq])
      expect(await verifyChain(db, neighbour.accountId)).toMatchObject({ broken: null })
    })

    it('moving an event to another account is found in both', async () => {
      const [from, to] = [await makeChain(db), await makeChain(db)]
      await tamper(db, sql`update audit_events set account_id = ${to.actor.accountId} where id = ${from.ids[2]}`)
      expect((await verifyChain(db, from.actor.accountId)).broken).toMatchObject({ fault: 'event_missing', seq: 3 })
      expect((await verifyChain(db, to.actor.accountId)).broken).toMatchObject({ fault: 'inserted' })
    })
  })

  describe('with the triggers on', () => {
    let chain: Chained
    beforeAll(async () => {
      const { actor, ids } = await makeChain(db)
      chain = { account: actor.accountId, ids }
    })

    it.each(refused)('%s is refused', async (_, statement) => {
      expect(await refusalOf(db.execute(statement(chain)))).toMatch(/audit/)
    })

    it('nothing of it has left a trace', async () => {
      expect(await verifyChain(db, chain.account)).toMatchObject({ verified: 5, broken: null })
    })

    it('taking an event off the list of a transaction is found', async () => {
      const { actor } = await makeChain(db)
      await db.transaction(async (tx) => {
        await recordAuditEvent(tx, systemActor(actor.accountId), 'api_key.renamed', 'key_1')
        await tx.execute(sql`delete from audit_queue`)
      })
      expect((await verifyChain(db, actor.accountId)).broken).toMatchObject({ fault: 'inserted' })
    })
  })
})
