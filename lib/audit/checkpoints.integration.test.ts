import { createPublicKey, verify } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { accounts, auditCheckpoints, auditEvents, auditLinks, dataKeys, vaultItems } from '@/db/schema'
import { createTestAccount } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { changePolicy } from '../accounts/policy'
import { newId } from '../ids'
import { Secret, Vault } from '../vault'
import { MasterKeys } from '../vault/master-keys'
import { type Actor, recordAuditEvent, recordAuditEvents } from '.'
import {
  type CheckpointFile,
  checkpointFile,
  exportCheckpoint,
  proveCheckpoint,
  recordCheckpoints,
  tidyAuditTables,
} from './checkpoints'
import { cutAuditEvents } from './retention'
import { verifyChain } from './verify'

const vault = new Vault(new MasterKeys([{ kid: 'test', key: new Uint8Array(32) }]))

forEachDatabase('a chain over time', (open, driver) => {
  let db: Database
  beforeAll(async () => {
    db = (await open()).db
  })

  const record = (actor: Actor, events: number) =>
    recordAuditEvents(
      db,
      actor,
      'api_key.renamed',
      Array.from({ length: events }, (_, n) => ({ targetId: 'key_1', details: { n } })),
    )

  /** Events of so many days ago, chained as any others. */
  async function recordLongAgo({ accountId }: Actor, events: number, days: number): Promise<void> {
    await db.transaction(async (tx) => {
      await tx.execute(sql`select set_config('fenicia.appends_audit_events', 'on', true)`)
      await tx.insert(auditEvents).values(
        Array.from({ length: events }, () => ({
          id: newId('auditEvent'),
          accountId,
          at: sql`now() - make_interval(days => ${days})`,
          action: 'api_key.renamed',
          actorKind: 'system' as const,
          actorName: 'Fenicia',
          targetKind: 'api_key',
          targetId: 'key_1',
          details: {},
        })),
      )
    })
  }

  describe('a checkpoint', () => {
    it('is kept of each account that something happened in since the last', async () => {
      const [busy, quiet] = [await createTestAccount(db), await createTestAccount(db)]
      const kept = ({ accountId }: Actor) =>
        db
          .select()
          .from(auditCheckpoints)
          .where(eq(auditCheckpoints.accountId, accountId))
          .orderBy(auditCheckpoints.seq)
      await record(busy, 2)
      await recordCheckpoints(db)
      await recordCheckpoints(db)
      await record(busy, 1)
      await recordCheckpoints(db)
      const { hash } = await verifyChain(db, busy.accountId)
      expect(await kept(busy)).toMatchObject([{ seq: 2 }, { seq: 3, hash, at: expect.any(Date) }])
      expect(await kept(quiet)).toEqual([])
    })

    it('is as good after the tables were tidied, as the embedded database needs it', async () => {
      await tidyAuditTables(db)
      const actor = await createTestAccount(db)
      await record(actor, 1)
      expect(await verifyChain(db, actor.accountId)).toMatchObject({ verified: 1, broken: null })
    })

    it('that was exported proves later what the chain was, for this account alone', async () => {
      const [actor, other] = [await createTestAccount(db), await createTestAccount(db)]
      await record(actor, 3)
      await record(other, 3)
      const file = await exportCheckpoint(db, vault, actor.accountId)
      expect(checkpointFile.parse(JSON.parse(JSON.stringify(file)))).toEqual(file)
      expect(file).toMatchObject({ seq: 3, account_id: actor.accountId })
      await record(actor, 2)
      expect(await proveCheckpoint(db, vault, file)).toBe('proven')
      await exportCheckpoint(db, vault, other.accountId)
      expect(await proveCheckpoint(db, vault, { ...file, account_id: other.accountId })).toBe('not_genuine')
    })

    it('can be checked with its public key by anybody', async () => {
      const actor = await createTestAccount(db)
      await record(actor, 1)
      const { signature, public_key, account_id, hash, at } = await exportCheckpoint(db, vault, actor.accountId)
      const again = await exportCheckpoint(db, vault, actor.accountId)
      expect(again.public_key).toBe(public_key)
      const fields = ['fenicia-audit-checkpoint', '1', account_id, '1', hash, at, public_key]
      const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: public_key }, format: 'jwk' })
      const text = Buffer.from(fields.map((field) => `${field.length}:${field}`).join(''))
      expect(verify(null, text, key, Buffer.from(signature, 'base64url'))).toBe(true)
    })

    it.each<[string, Partial<CheckpointFile>]>([
      ['number', { seq: 2 }],
      ['hash', { hash: 'a'.repeat(64) }],
      ['time', { at: '2026-01-01T00:00:00.000Z' }],
      ['signature', { signature: 'AAAA' }],
    ])('with another %s is not taken for genuine', async (_, change) => {
      const actor = await createTestAccount(db)
      await record(actor, 3)
      const file = await exportCheckpoint(db, vault, actor.accountId)
      expect(await proveCheckpoint(db, vault, { ...file, ...change })).toBe('not_genuine')
    })

    it('whose key was taken away here, or replaced, is not said to be a forgery', async () => {
      const actor = await createTestAccount(db)
      await record(actor, 1)
      const file = await exportCheckpoint(db, vault, actor.accountId)
      await db.delete(vaultItems).where(eq(vaultItems.accountId, actor.accountId))
      expect(await proveCheckpoint(db, vault, file)).toBe('other_key')
      await exportCheckpoint(db, vault, actor.accountId)
      expect(await proveCheckpoint(db, vault, file)).toBe('other_key')
      expect(await proveCheckpoint(db, vault, { ...file, seq: 2 })).toBe('not_genuine')
    })

    it('tells of a chain that was made anew, or cut off, since', async () => {
      const actor = await createTestAccount(db)
      const { accountId } = actor
      await record(actor, 2)
      const file = await exportCheckpoint(db, vault, accountId)
      const anew = async (...statements: ReturnType<typeof sql>[]) =>
        db.transaction(async (tx) => {
          await tx.execute(sql`set local session_replication_role = replica`)
          for (const statement of statements) await tx.execute(statement)
        })
      await anew(
        sql`delete from audit_events where id = (select event_id from audit_links
          where account_id = ${accountId} and seq = 2)`,
        sql`delete from audit_links where account_id = ${accountId} and seq = 2`,
        sql`update audit_chains set seq = 1, hash = (select hash from audit_links where account_id = ${accountId})
          where account_id = ${accountId}`,
      )
      // By itself it is whole.
      expect(await verifyChain(db, accountId)).toMatchObject({ broken: null })
      expect(await proveCheckpoint(db, vault, file)).toBe('missing')
      await record(actor, 1)
      expect(await verifyChain(db, accountId)).toMatchObject({ seq: 2, broken: null })
      expect(await proveCheckpoint(db, vault, file)).toBe('contradicted')
    })

    it('of two that are the first at once has one key', async () => {
      const actor = await createTestAccount(db)
      await record(actor, 1)
      const files = await Promise.all([1, 2, 3].map(() => exportCheckpoint(db, vault, actor.accountId)))
      expect(new Set(files.map(({ public_key }) => public_key)).size).toBe(1)
    })

    // The embedded database lets in one transaction after the other.
    const itNeedsTwoConnections = driver === 'pglite' ? undefined : it
    itNeedsTwoConnections?.('that is the first does not wait crosswise for a new data key', async () => {
      const actor = await createTestAccount(db)
      const { accountId } = actor
      await vault.put(db, { accountId, ownerId: 'cred_1', field: 'secret' }, { key: new Secret('one') })
      await record(actor, 1)
      let exported: Promise<CheckpointFile> | undefined
      // As `rekeyAccount` does it: the keys, and the chain at its end.
      await db.transaction(async (tx) => {
        await tx.select().from(dataKeys).where(eq(dataKeys.accountId, accountId)).for('update')
        exported = exportCheckpoint(db, vault, accountId)
        const waiting = sql`pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
        await expect.poll(() => db.$count(waiting)).toBe(1)
        await recordAuditEvent(tx, actor, 'account.data_key_replaced', accountId)
      })
      expect(await exported).toMatchObject({ seq: 2 })
    })
  })

  describe('retention', () => {
    const left = ({ accountId }: Actor) => db.$count(auditEvents, eq(auditEvents.accountId, accountId))

    it('cuts off what is older than the policy keeps, says so, and leaves a chain that can be proved', async () => {
      const actor = await createTestAccount(db)
      await recordLongAgo(actor, 5, 60)
      const early = await exportCheckpoint(db, vault, actor.accountId)
      await recordLongAgo(actor, 2, 40)
      const atTheCut = await exportCheckpoint(db, vault, actor.accountId)
      await record(actor, 3)
      const late = await exportCheckpoint(db, vault, actor.accountId)
      await changePolicy(db, actor, { auditKeepDays: 30 })

      await cutAuditEvents(db, undefined, 3)
      // Three, the change of the policy, and the cut itself.
      expect(await left(actor)).toBe(5)
      expect(await db.$count(auditLinks, eq(auditLinks.accountId, actor.accountId))).toBe(5)
      expect(await verifyChain(db, actor.accountId)).toMatchObject({ cutSeq: 7, seq: 12, verified: 5, broken: null })
      const [cut] = await db
        .select()
        .from(auditEvents)
        .where(sql`account_id = ${actor.accountId} and action = 'account.audit_cut'`)
      expect(cut).toMatchObject({ actorKind: 'system', details: { events: 7, keep_days: 30, seq: 7 } })
      const proofs = [early, atTheCut, late].map((file) => proveCheckpoint(db, vault, file))
      expect(await Promise.all(proofs)).toEqual(['cut', 'proven', 'proven'])

      // Nothing more to do, and nothing more to say.
      expect(await cutAuditEvents(db)).toEqual({ deleted: 0 })
      expect(await left(actor)).toBe(5)
    })

    it('goes on where it was stopped, even when events are kept for ever again', async () => {
      const actor = await createTestAccount(db)
      const { accountId } = actor
      await recordLongAgo(actor, 4, 60)
      await changePolicy(db, actor, { auditKeepDays: 30 })
      const [{ hash } = { hash: '' }] = await db
        .select({ hash: auditLinks.hash })
        .from(auditLinks)
        .where(sql`account_id = ${accountId} and seq = 4`)
      // As retention does before it deletes anything.
      await db.transaction(async (tx) => {
        await tx.execute(sql`update audit_chains set cut_seq = 4, cut_hash = ${hash} where account_id = ${accountId}`)
        await recordAuditEvent(tx, actor, 'account.audit_cut', accountId, { seq: 4, hash })
      })
      await changePolicy(db, actor, { auditKeepDays: null })
      expect(await verifyChain(db, accountId)).toMatchObject({ verified: 3, broken: null })
      expect(await cutAuditEvents(db, undefined, 3)).toEqual({ deleted: 4 })
      expect(await left(actor)).toBe(3)
      expect(await verifyChain(db, accountId)).toMatchObject({ verified: 3, broken: null })
    })

    it('leaves alone what is young enough, and accounts that keep everything', async () => {
      const [keeps, young] = [await createTestAccount(db), await createTestAccount(db)]
      await recordLongAgo(keeps, 2, 4_000)
      await changePolicy(db, young, { auditKeepDays: 90 })
      await recordLongAgo(young, 2, 60)
      await cutAuditEvents(db)
      expect([await left(keeps), await left(young)]).toEqual([2, 3])
    })

    it('of one account does not wait for that of another, whose events somebody has meddled with', async () => {
      const [meddled, sound] = [await createTestAccount(db), await createTestAccount(db)].sort((a, b) =>
        a.accountId < b.accountId ? -1 : 1,
      ) as [Actor, Actor]
      for (const actor of [meddled, sound]) {
        await recordLongAgo(actor, 3, 60)
        await changePolicy(db, actor, { auditKeepDays: 30 })
      }
      await db.transaction(async (tx) => {
        await tx.execute(sql`set local session_replication_role = replica`)
        await tx.execute(sql`delete from audit_events where account_id = ${meddled.accountId} and id = (
          select event_id from audit_links where account_id = ${meddled.accountId} and seq = 3)`)
      })
      await expect(cutAuditEvents(db)).rejects.toThrow()
      expect([await left(meddled), await left(sound)]).toEqual([3, 2])
      expect(await verifyChain(db, meddled.accountId)).toMatchObject({ broken: { fault: 'event_missing', seq: 3 } })
      await db.delete(accounts).where(eq(accounts.id, meddled.accountId))
    })

    it('may cut the whole chain, which goes on after it', async () => {
      const actor = await createTestAccount(db)
      await db.execute(sql`insert into account_policies (account_id, audit_keep_days) values (${actor.accountId}, 30)`)
      await recordLongAgo(actor, 2, 31)
      await cutAuditEvents(db)
      expect(await verifyChain(db, actor.accountId)).toMatchObject({ cutSeq: 2, seq: 3, verified: 1, broken: null })
      await db.delete(accounts).where(eq(accounts.id, actor.accountId))
      expect(await left(actor)).toBe(0)
    })

    it('is what the policy says, not what SQL asks for', async () => {
      const actor = await createTestAccount(db)
      await recordLongAgo(actor, 3, 60)
      await changePolicy(db, actor, { auditKeepDays: 90 })
      const move = db.execute(sql`
        update audit_chains set cut_seq = 2, cut_hash = (select hash from audit_links l where l.account_id = ${actor.accountId} and seq = 2)
        where account_id = ${actor.accountId}`)
      await expect(move).rejects.toThrow()
      expect(await verifyChain(db, actor.accountId)).toMatchObject({ cutSeq: 0, broken: null })
    })
  })
})
