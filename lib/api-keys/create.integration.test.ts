import { and, eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { apiKeys, auditEvents } from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import type { Actor } from '../audit'
import { newId } from '../ids'
import {
  changeApiKey,
  createApiKey,
  createKeyInput,
  pauseApiKey,
  regenerateApiKey,
  renameApiKey,
  resumeApiKey,
  revokeApiKey,
} from '.'
import { requestBulkRevocation, runBulkRevocations } from './bulk'
import { lockKeys } from './change'
import { hashToken, isWellFormedToken } from './token'

forEachDatabase('an API key', (open, driver) => {
  let db: Database
  let actor: Actor
  beforeAll(async () => {
    db = (await open()).db
  })
  beforeEach(async () => {
    actor = await createTestAccount(db)
  })

  const rowOf = async (id: string) => (await db.select().from(apiKeys).where(eq(apiKeys.id, id)))[0]
  const expire = (id: string) =>
    db.update(apiKeys).set({ expiresAt: sql`now() - interval '1 second'` }).where(eq(apiKeys.id, id))
  const outcomes = async (attempts: Promise<unknown>[]) =>
    (await Promise.allSettled(attempts)).map((one) =>
      one.status === 'fulfilled' ? 'made' : one.reason.fields[0]?.field,
    )

  describe('that makes keys', () => {
    /** A key as its request has found it, and as who acts by it. */
    async function calling() {
      const { id } = await createTestKey(db, actor, { scopes: ['keys:*', 'orders:*'] })
      const { rateRequests: _, rateSeconds: _s, ...row } = (await rowOf(id)) ?? expect.fail('no row')
      const caller: Actor = { ...actor, kind: 'key', id }
      return { id, caller, bounds: { ...row, scopes: row.scopes as ['keys:*'], rate: null } }
    }
    const input = (fields = {}) => createKeyInput.parse({ name: newId('apiKey'), scopes: ['orders:read'], ...fields })
    const overlap = { overlap: 'none', retire_when_silent: false } as const
    const refused = { code: 'forbidden' }

    it('makes, regenerates and resumes none once it is revoked, though its request had begun before', async () => {
      const { id, caller, bounds } = await calling()
      const paused = (await createTestKey(db, actor, { scopes: ['orders:read'] })).id
      await pauseApiKey(db, actor, paused)
      await createApiKey(db, caller, input(), bounds)
      await revokeApiKey(db, actor, id, null)
      await expect(createApiKey(db, caller, input(), bounds)).rejects.toMatchObject(refused)
      await expect(resumeApiKey(db, caller, paused, bounds)).rejects.toMatchObject(refused)
      const { id: other } = await createTestKey(db, actor, { scopes: ['orders:read'] })
      await expect(regenerateApiKey(db, caller, other, overlap, bounds)).rejects.toMatchObject(refused)
    })

    it('gives no more than what it has by now', async () => {
      const { id, caller, bounds } = await calling()
      const wanted = input({ scopes: ['orders:update'] })
      await changeApiKey(db, actor, id, { scopes: ['keys:create', 'orders:read'] })
      await expect(createApiKey(db, caller, wanted, bounds)).rejects.toMatchObject({ code: 'scope_not_held' })
      await changeApiKey(db, actor, id, { scopes: ['orders:read'] })
      await expect(createApiKey(db, caller, input(), bounds)).rejects.toMatchObject(refused)
    })

    it('gives no key looser limits than what it has by now, and changes none once it may not', async () => {
      const { id, caller, bounds } = await calling()
      const { id: other } = await createTestKey(db, actor, { scopes: ['orders:read'] })
      const change = (fields: Parameters<typeof changeApiKey>[3]) => changeApiKey(db, caller, other, fields, bounds)
      await change({ rate: { requests: 5_000, seconds: 60 } })
      await changeApiKey(db, actor, id, { rate: { requests: 10, seconds: 60 } })
      await expect(change({ rate: { requests: 9_000, seconds: 60 } })).rejects.toMatchObject({ code: 'scope_not_held' })
      await change({ rate: { requests: 10, seconds: 60 } })
      await changeApiKey(db, actor, id, { scopes: ['keys:create'] })
      await expect(change({ name: newId('apiKey') })).rejects.toMatchObject(refused)
      await revokeApiKey(db, actor, id, null)
      await expect(change({ rate: { requests: 1, seconds: 60 } })).rejects.toMatchObject(refused)
      expect(await rowOf(other)).toMatchObject({ rateRequests: 10, rateSeconds: 60 })
    })

    it('regenerates itself, and another that regenerates it at once', async () => {
      const [one, two] = [await calling(), await calling()]
      await regenerateApiKey(db, one.caller, one.id, overlap, one.bounds)
      const three = await calling()
      const done = await Promise.allSettled([
        regenerateApiKey(db, two.caller, three.id, overlap, two.bounds),
        regenerateApiKey(db, three.caller, two.id, overlap, three.bounds),
      ])
      // Whoever is first has stopped the other.
      expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect(done.find((each) => each.status === 'rejected')).toMatchObject({ reason: refused })
    })
  })

  // The embedded database lets in one transaction after the other.
  const itNeedsTwoConnections = driver === 'pglite' ? undefined : it
  itNeedsTwoConnections?.each<[string, (id: string, name: string) => Promise<unknown>]>([
    [
      'makes another',
      async (id, name) => {
        const { rateRequests: _, rateSeconds: _s, ...row } = (await rowOf(id)) ?? expect.fail('no row')
        const bounds = { ...row, scopes: row.scopes as ['keys:*'], rate: null }
        const input = createKeyInput.parse({ name, scopes: ['orders:read'] })
        return createApiKey(db, { ...actor, kind: 'key', id }, input, bounds)
      },
    ],
    ['is renamed', (id, name) => renameApiKey(db, actor, id, name)],
    ['is changed', (id, name) => changeApiKey(db, actor, id, { name })],
  ])('that %s by the name of an expired one does not wait crosswise for who revokes both', async (_, take) => {
    const waiting = sql`pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    const waits = (count: number) => expect.poll(() => db.$count(waiting)).toBe(count)
    const expired = await createTestKey(db, actor, { name: 'Taken', scopes: ['orders:read'] })
    const { id } = await createTestKey(db, actor, { scopes: ['keys:*', 'orders:*'] })
    await expire(expired.id)
    await requestBulkRevocation(db, { ...actor, kind: 'key', id }, [id, expired.id], null)
    const both: Promise<unknown>[] = []
    await db.transaction(async (tx) => {
      await lockKeys(tx, actor.accountId, [expired.id], null)
      both.push(runBulkRevocations(db))
      await waits(1)
      both.push(take(id, 'Taken'))
      await waits(2)
    })
    const [revoked, taken] = await Promise.allSettled(both)
    expect(revoked).toMatchObject({ status: 'fulfilled' })
    // It was revoked first: that is why, and not that the database gave one of them up.
    expect(taken).toMatchObject({ reason: { code: expect.stringMatching(/^(forbidden|key_not_active)$/) } })
  })

  describe('that is made', () => {
    it('is the account’s, with what was asked for, and its token in no column', async () => {
      const { id, token } = await createTestKey(db, actor, {
        name: 'ERP Integration',
        environment: 'test',
        scopes: ['products:read', 'orders:*', 'orders:read'],
        expires_at: '2030-01-01T00:00:00Z',
      })
      expect(isWellFormedToken(token)).toBe(true)
      const row = await rowOf(id)
      expect(row).toMatchObject({
        accountId: actor.accountId,
        name: 'ERP Integration',
        environment: 'test',
        scopes: ['orders:*', 'products:read'],
        tokenHash: hashToken(token),
        hintStart: token.slice(8, 12),
        hintEnd: token.slice(-4),
        createdByKind: 'user',
        createdById: actor.id,
        createdByName: 'Ana',
        expiresAt: new Date('2030-01-01T00:00:00Z'),
        revokedAt: null,
        retiresAt: null,
        replacesId: null,
      })
      // Not even the secret's part between the hints.
      expect(JSON.stringify(row)).not.toContain(token.slice(12, -4))
    })

    it('leaves an audit event that says who made what, without the token', async () => {
      const { id, token } = await createTestKey(db, actor, { name: 'ERP' })
      const events = await db.select().from(auditEvents).where(eq(auditEvents.targetId, id))
      expect(events).toEqual([
        expect.objectContaining({
          accountId: actor.accountId,
          action: 'api_key.created',
          actorKind: 'user',
          actorId: actor.id,
          actorName: 'Ana',
          targetKind: 'api_key',
          address: '203.0.113.7',
          userAgent: 'Test browser',
          requestId: 'req_test',
          details: {
            name: 'ERP',
            environment: 'live',
            scopes: ['orders:read'],
            expires_at: null,
            rate: null,
            monthly_quota: null,
            addresses: null,
            methods: null,
          },
        }),
      ])
      expect(JSON.stringify(events)).not.toContain(token.slice(8, -4))
    })

    it('does not exist when its audit event can not be written', async () => {
      const stranger = { ...actor, requestId: 'not storable: \0' }
      await expect(createTestKey(db, stranger, { name: 'ERP' })).rejects.toThrow()
      expect(await db.select().from(apiKeys).where(eq(apiKeys.accountId, actor.accountId))).toEqual([])
    })
  })

  describe('and its name', () => {
    it('share it with no other active key of the account, in whatever letter case', async () => {
      await createTestKey(db, actor, { name: 'Sync Script' })
      for (const name of ['Sync Script', 'sync script', 'SYNC SCRIPT', 'Ｓync Script']) {
        await expect(createTestKey(db, actor, { name })).rejects.toMatchObject({
          code: 'invalid',
          fields: [{ field: 'name', code: 'invalid_value' }],
        })
      }
    })

    it('share it with those of other accounts', async () => {
      await createTestKey(db, actor, { name: 'Sync' })
      await createTestKey(db, await createTestAccount(db), { name: 'Sync' })
    })

    it('leave a name refused without a trace', async () => {
      await createTestKey(db, actor, { name: 'Sync' })
      await createTestKey(db, actor, { name: 'Sync' }).catch(() => {})
      expect(await db.select().from(apiKeys).where(eq(apiKeys.accountId, actor.accountId))).toHaveLength(1)
      expect(await db.select().from(auditEvents).where(eq(auditEvents.accountId, actor.accountId))).toHaveLength(1)
    })

    it('are made once when ten ask for the same name at once', async () => {
      const names = ['Sync', 'sync', 'SYNC', 'Sync', 'sync', 'SYNC', 'Sync', 'sync', 'SYNC', 'Sync']
      const result = await outcomes(names.map((name) => createTestKey(db, actor, { name })))
      expect(result.sort()).toEqual(['made', ...Array(9).fill('name')])
    })

    it('are made once when ten ask at once for the name of a key that has expired', async () => {
      await expire((await createTestKey(db, actor, { name: 'Sync' })).id)
      const result = await outcomes(Array.from({ length: 10 }, () => createTestKey(db, actor, { name: 'Sync' })))
      expect(result.sort()).toEqual(['made', ...Array(9).fill('name')])
    })

    it('part when the key is revoked', async () => {
      const { id } = await createTestKey(db, actor, { name: 'Sync' })
      await revokeApiKey(db, actor, id, null)
      await createTestKey(db, actor, { name: 'Sync' })
    })

    it('part when the key expires, not before', async () => {
      const { id } = await createTestKey(db, actor, { name: 'Sync', expires_at: '2030-01-01T00:00:00Z' })
      await expect(createTestKey(db, actor, { name: 'Sync' })).rejects.toThrow()
      await expire(id)
      await createTestKey(db, actor, { name: 'Sync' })
    })

    it('pass to the successor when the key is regenerated', async () => {
      const { id } = await createTestKey(db, actor, { name: 'Sync' })
      const successor = await regenerateApiKey(db, actor, id, { overlap: '24h', retire_when_silent: false })
      await expect(createTestKey(db, actor, { name: 'Sync' })).rejects.toThrow()
      await revokeApiKey(db, actor, successor.id, null)
      // The old one, though it still works, no longer holds it.
      await createTestKey(db, actor, { name: 'Sync' })
    })

    it('may be as long, in whatever script, as the rule says', async () => {
      const longest = createKeyInput.parse({ name: '\ufdfa'.repeat(64), scopes: ['orders:read'] })
      const { id } = await createApiKey(db, actor, longest)
      expect((await rowOf(id))?.name).toBe(longest.name)
    })
  })

  describe('that is renamed', () => {
    const rename = (id: string, name: string, by = actor) => renameApiKey(db, by, id, name)

    it('has the new name, frees the old one, and says so in the audit log', async () => {
      const { id } = await createTestKey(db, actor, { name: 'Old' })
      await rename(id, 'New')
      expect((await rowOf(id))?.name).toBe('New')
      await createTestKey(db, actor, { name: 'old' })
      await expect(createTestKey(db, actor, { name: 'new' })).rejects.toThrow()
      const [event] = await db
        .select()
        .from(auditEvents)
        .where(and(eq(auditEvents.targetId, id), eq(auditEvents.action, 'api_key.renamed')))
      expect(event?.details).toEqual({ before: { name: 'Old' }, after: { name: 'New' } })
    })

    it('may change its own letter case', async () => {
      const { id } = await createTestKey(db, actor, { name: 'erp' })
      await rename(id, 'ERP')
      expect((await rowOf(id))?.name).toBe('ERP')
    })

    it('to the name that it has is no event', async () => {
      const { id } = await createTestKey(db, actor, { name: 'ERP' })
      await rename(id, 'ERP')
      expect(await db.select().from(auditEvents).where(eq(auditEvents.targetId, id))).toHaveLength(1)
    })

    it('may take the name of an expired key, and no active key’s', async () => {
      const expired = await createTestKey(db, actor, { name: 'Past' })
      await expire(expired.id)
      await createTestKey(db, actor, { name: 'Present' })
      const { id } = await createTestKey(db, actor, { name: 'New' })
      await expect(rename(id, 'present')).rejects.toMatchObject({ code: 'invalid', fields: [{ field: 'name' }] })
      await rename(id, 'past')
      expect((await rowOf(id))?.name).toBe('past')
    })

    it('gets the name once when five want it at once', async () => {
      const keys = await Promise.all(Array.from({ length: 5 }, () => createTestKey(db, actor)))
      const result = await outcomes(keys.map(({ id }) => rename(id, 'Wanted')))
      expect(result.sort()).toEqual(['made', 'name', 'name', 'name', 'name'])
    })

    it('must be active', async () => {
      const { id } = await createTestKey(db, actor)
      await regenerateApiKey(db, actor, id, { overlap: '1h', retire_when_silent: false })
      await expect(rename(id, 'New')).rejects.toMatchObject({
        code: 'key_not_active',
        message: 'Only active keys can be renamed; this one is retiring.',
      })
    })
  })
})
