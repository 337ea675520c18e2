import { and, eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { accounts, apiKeys, apiKeyUses, auditEvents } from '@/db/schema'
import { breakAuditChain, createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { type Actor, systemActor } from '../audit'
import { newId } from '../ids'
import {
  endOverlap,
  type Grantor,
  getApiKey,
  type Overlap,
  regenerateApiKey,
  renameApiKey,
  retireSilentKeys,
  revokeApiKey,
  setRetireWhenSilent,
} from '.'
import { hashToken } from './token'

forEachDatabase('an API key', (open, driver) => {
  let db: Database
  let actor: Actor
  beforeAll(async () => {
    db = (await open()).db
  })
  beforeEach(async () => {
    actor = await createTestAccount(db)
  })

  const view = (id: string) => getApiKey(db, actor.accountId, id)
  const alter = (id: string, change: Record<string, unknown>) =>
    db.update(apiKeys).set(change).where(eq(apiKeys.id, id))
  const ago = (interval: string) => sql`now() - ${interval}::interval`
  const regenerate = (
    id: string,
    overlap: Overlap = 'none',
    more: { silent?: boolean; by?: Actor; grantor?: Grantor } = {},
  ) =>
    regenerateApiKey(
      db,
      more.by ?? actor,
      id,
      { overlap, retire_when_silent: more.silent ?? false },
      more.grantor ?? null,
    )
  const eventsOf = async (id: string, action: string) =>
    (
      await db
        .select()
        .from(auditEvents)
        .where(and(eq(auditEvents.targetId, id), eq(auditEvents.action, action)))
    ).map(({ details, actorKind, actorName }) => ({ details, actorKind, actorName }))
  /** The difference of two times in seconds; the test's clock is not the database's, hence within a minute. */
  const secondsFromNow = (date: Date | null | undefined) => ((date?.getTime() ?? 0) - Date.now()) / 1_000

  /** A key in each status. */
  const inStatus = {
    active: async () => createTestKey(db, actor),
    retiring: async () => {
      const key = await createTestKey(db, actor)
      await regenerate(key.id, '1h')
      return key
    },
    retired: async () => {
      const key = await createTestKey(db, actor)
      await regenerate(key.id)
      return key
    },
    expired: async () => {
      const key = await createTestKey(db, actor)
      await alter(key.id, { expiresAt: ago('1 second') })
      return key
    },
    revoked: async () => {
      const key = await createTestKey(db, actor)
      await revokeApiKey(db, actor, key.id, null)
      return key
    },
  }

  describe('that is revoked', () => {
    it('keeps the reason, the time and who did it, and leaves an audit event', async () => {
      const { id } = await createTestKey(db, actor, { name: 'ERP' })
      expect(await revokeApiKey(db, actor, id, 'The app was shut down')).toBe(true)
      const key = await view(id)
      expect(key).toMatchObject({ status: 'revoked', revokedReason: 'The app was shut down', revokedByName: 'Ana' })
      expect(Math.abs(secondsFromNow(key.revokedAt))).toBeLessThan(60)
      expect(await eventsOf(id, 'api_key.revoked')).toEqual([
        {
          details: { name: 'ERP', reason: 'The app was shut down', status_before: 'active' },
          actorKind: 'user',
          actorName: 'Ana',
        },
      ])
    })

    it('twice stays as it was', async () => {
      const { id } = await createTestKey(db, actor)
      await revokeApiKey(db, actor, id, 'first')
      const before = await view(id)
      expect(await revokeApiKey(db, actor, id, 'second')).toBe(false)
      expect(await view(id)).toEqual(before)
      expect(await eventsOf(id, 'api_key.revoked')).toHaveLength(1)
    })

    it('by ten at once is revoked once', async () => {
      const { id } = await createTestKey(db, actor)
      const answers = await Promise.all(Array.from({ length: 10 }, () => revokeApiKey(db, actor, id, null)))
      expect(answers.filter(Boolean)).toHaveLength(1)
      expect(await eventsOf(id, 'api_key.revoked')).toHaveLength(1)
    })

    it.each(['retiring', 'retired', 'expired'] as const)('when it is %s goes on record', async (status) => {
      const { id } = await inStatus[status]()
      expect(await revokeApiKey(db, actor, id, null)).toBe(true)
      expect((await view(id)).status).toBe('revoked')
      expect((await eventsOf(id, 'api_key.revoked'))[0]?.details).toMatchObject({ status_before: status })
    })

    it('still works when the audit event can not be written', async () => {
      const { id } = await createTestKey(db, actor)
      await expect(revokeApiKey(db, { ...actor, requestId: '\0' }, id, null)).rejects.toThrow()
      expect((await view(id)).status).toBe('active')
    })

    // The embedded database has one connection, on which everything waits for everything.
    const itNeedsTwoConnections = driver === 'pglite' ? () => {} : it
    itNeedsTwoConnections('while its usage is being written waits for nothing', async () => {
      const { id } = await createTestKey(db, actor)
      await db.transaction(async (tx) => {
        // As `UsageRecorder` writes it: a row that refers to the key holds on to it until the end.
        await tx.insert(apiKeyUses).values({ keyId: id, accountId: actor.accountId, lastUsedAt: new Date() })
        expect(await revokeApiKey(db, actor, id, null)).toBe(true)
      })
    })
  })

  describe('that is regenerated', () => {
    it('has a successor with its name, scopes, environment and expiry, and a token of its own', async () => {
      const old = await createTestKey(db, actor, {
        name: 'ERP',
        environment: 'test',
        scopes: ['orders:read', 'products:*'],
        expires_at: '2030-01-01T00:00:00Z',
      })
      const issued = await regenerate(old.id, 'none', { by: { ...actor, name: 'Ben' } })
      expect(issued.token).not.toBe(old.token)
      expect(issued.token).toMatch(/^fn_test_/)
      const [before, after] = [await view(old.id), await view(issued.id)]
      expect(after).toMatchObject({
        name: 'ERP',
        environment: 'test',
        scopes: ['orders:read', 'products:*'],
        expiresAt: new Date('2030-01-01T00:00:00Z'),
        status: 'active',
        replacesId: old.id,
        createdBy: { kind: 'user', name: 'Ben' },
        lastUse: null,
      })
      expect(before).toMatchObject({ status: 'retired', replacedById: issued.id })
      const [row] = await db.select().from(apiKeys).where(eq(apiKeys.id, issued.id))
      expect(row?.tokenHash).toBe(hashToken(issued.token))
    })

    it('leaves an audit event without a token', async () => {
      const old = await createTestKey(db, actor, { name: 'ERP' })
      const issued = await regenerate(old.id, '7d', { silent: true })
      const [event] = await eventsOf(old.id, 'api_key.regenerated')
      expect(event?.details).toEqual({
        name: 'ERP',
        successor_id: issued.id,
        expires_at: null,
        overlap: '7d',
        retire_when_silent: true,
      })
      expect(JSON.stringify(event)).not.toContain(issued.token.slice(8, -4))
    })

    it.each([
      ['1h', 3_600],
      ['24h', 86_400],
      ['7d', 604_800],
    ] as const)('with an overlap of %s works as long', async (overlap, seconds) => {
      const { id } = await createTestKey(db, actor)
      await regenerate(id, overlap)
      const key = await view(id)
      expect(key.status).toBe('retiring')
      expect(Math.abs(secondsFromNow(key.retiresAt) - seconds)).toBeLessThan(60)
    })

    it('works no longer than to its own expiry, whatever the overlap', async () => {
      const { id } = await createTestKey(db, actor)
      await alter(id, { expiresAt: sql`now() + interval '2 hours'` })
      await regenerate(id, '24h')
      const { retiresAt, expiresAt } = await view(id)
      expect(retiresAt).toEqual(expiresAt)
    })

    it('by twenty at once has one successor', async () => {
      const { id } = await createTestKey(db, actor)
      const results = await Promise.allSettled(Array.from({ length: 20 }, () => regenerate(id, '1h')))
      const refused = results.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
      expect(refused).toEqual(Array(19).fill('already_regenerated'))
      expect(await db.select().from(apiKeys).where(eq(apiKeys.replacesId, id))).toHaveLength(1)
      expect(await eventsOf(id, 'api_key.regenerated')).toHaveLength(1)
    })

    it('can be followed: the successor is regenerated next', async () => {
      const first = await createTestKey(db, actor, { name: 'ERP' })
      const second = await regenerate(first.id, '7d')
      const third = await regenerate(second.id, '7d')
      const statuses = await Promise.all([first, second, third].map(async ({ id }) => (await view(id)).status))
      expect(statuses).toEqual(['retiring', 'retiring', 'active'])
    })

    it.each([
      ['retiring', 'already_regenerated'],
      ['retired', 'already_regenerated'],
      ['expired', 'key_not_active'],
      ['revoked', 'key_not_active'],
    ] as const)('must not be %s', async (status, code) => {
      const { id } = await inStatus[status]()
      const before = await view(id)
      await expect(regenerate(id)).rejects.toMatchObject({ code })
      expect(await view(id)).toEqual(before)
    })

    it('is told that it is not active when it expired on the way and another took its name', async () => {
      const { id } = await createTestKey(db, actor, { name: 'ERP' })
      await alter(id, { nameHeld: null })
      await createTestKey(db, actor, { name: 'ERP' })
      await expect(regenerate(id)).rejects.toMatchObject({ code: 'key_not_active', fields: [] })
      expect((await view(id)).status).toBe('active')
    })

    it('through a key needs what it has, since that key is given its token', async () => {
      const { id } = await createTestKey(db, actor, { scopes: ['orders:read', 'products:read'] })
      const holder = {
        scopes: ['keys:manage'],
        integrationIds: null,
        environment: 'live',
        expiresAt: null,
        retiresAt: null,
        rate: null,
        monthlyQuota: null,
        addresses: null,
        methods: null,
      } as const
      const by = (scopes: string[]) => regenerate(id, 'none', { grantor: { ...holder, scopes } })
      await expect(by(['keys:manage', 'orders:read'])).rejects.toMatchObject({
        code: 'scope_not_held',
        message: expect.stringContaining('products:read'),
      })
      expect((await view(id)).status).toBe('active')
      await by(['keys:manage', 'orders:*', 'products:read'])
    })
  })

  describe('that is retiring', () => {
    it('can be ended by hand, at once', async () => {
      const { id } = await inStatus.retiring()
      await endOverlap(db, actor, id)
      expect((await view(id)).status).toBe('retired')
      expect((await eventsOf(id, 'api_key.retirement_changed'))[0]?.details).toEqual({ ended: 'by hand' })
    })

    it('can be told to stop when it is silent, and not to', async () => {
      const { id } = await inStatus.retiring()
      for (const wanted of [true, false]) {
        await setRetireWhenSilent(db, actor, id, wanted)
        expect((await view(id)).retireWhenSilent).toBe(wanted)
      }
      expect((await eventsOf(id, 'api_key.retirement_changed')).map(({ details }) => details)).toEqual([
        { retire_when_silent: true },
        { retire_when_silent: false },
      ])
    })

    it.each(['active', 'retired', 'expired', 'revoked'] as const)('is not %s', async (status) => {
      const { id } = await inStatus[status]()
      for (const change of [() => endOverlap(db, actor, id), () => setRetireWhenSilent(db, actor, id, true)]) {
        await expect(change()).rejects.toMatchObject({
          code: 'key_not_active',
          message: expect.stringContaining(status),
        })
      }
      expect((await view(id)).retireWhenSilent).toBe(false)
    })
  })

  describe('that is to stop when it is silent', () => {
    const uses = (id: string, lastUsed: string) =>
      db.insert(apiKeyUses).values({ keyId: id, accountId: actor.accountId, lastUsedAt: ago(lastUsed) })

    /** Regenerated two hours ago; silent for as long; its successor used a minute ago. What a test changes is `change`d. */
    async function silentKey() {
      const { id } = await createTestKey(db, actor)
      const successor = await regenerate(id, '24h', { silent: true })
      await alter(successor.id, { createdAt: ago('2 hours') })
      return { id, successorId: successor.id }
    }
    const retired = async (id: string) => {
      const ids = await retireSilentKeys(db)
      expect((await view(id)).status === 'retired').toBe(ids.includes(id))
      return ids.includes(id)
    }

    it('stops when the successor is in use and it has been silent for an hour', async () => {
      const { id, successorId } = await silentKey()
      await uses(id, '61 minutes')
      await uses(successorId, '1 minute')
      expect(await retired(id)).toBe(true)
      expect(await eventsOf(id, 'api_key.retirement_changed')).toEqual([
        { details: { ended: 'silent' }, actorKind: 'system', actorName: systemActor('').name },
      ])
    })

    it('stops though it was never used', async () => {
      const { id, successorId } = await silentKey()
      await uses(successorId, '1 minute')
      expect(await retired(id)).toBe(true)
    })

    it('goes on while the successor has not been used', async () => {
      const { id } = await silentKey()
      expect(await retired(id)).toBe(false)
    })

    it('goes on when it was used within the hour', async () => {
      const { id, successorId } = await silentKey()
      await uses(id, '59 minutes')
      await uses(successorId, '1 minute')
      expect(await retired(id)).toBe(false)
    })

    it('goes on for the first hour after the regeneration', async () => {
      const { id, successorId } = await silentKey()
      await uses(successorId, '1 minute')
      await alter(successorId, { createdAt: ago('59 minutes') })
      expect(await retired(id)).toBe(false)
    })

    it('goes on when the successor was revoked: it is the only one that works', async () => {
      const { id, successorId } = await silentKey()
      await uses(successorId, '1 minute')
      await revokeApiKey(db, actor, successorId, 'leaked')
      expect(await retired(id)).toBe(false)
    })

    it('goes on when nobody asked for that', async () => {
      const { id, successorId } = await silentKey()
      await uses(successorId, '1 minute')
      await setRetireWhenSilent(db, actor, id, false)
      expect(await retired(id)).toBe(false)
    })

    it('stays revoked, or as it ended, when it has', async () => {
      const { id, successorId } = await silentKey()
      await uses(successorId, '1 minute')
      await alter(id, { retiresAt: ago('1 minute') })
      const ended = await view(id)
      expect(await retireSilentKeys(db)).not.toContain(id)
      expect(await view(id)).toEqual(ended)
      await alter(id, { retiresAt: sql`now() + interval '1 hour'` })
      await revokeApiKey(db, actor, id, null)
      expect(await retired(id)).toBe(false)
    })

    it('does not wait for a key of another account that can’t be stopped', async () => {
      const broken = actor
      const other = await silentKey()
      await uses(other.successorId, '1 minute')
      await breakAuditChain(db, broken.accountId)
      actor = await createTestAccount(db)
      const { id, successorId } = await silentKey()
      await uses(successorId, '1 minute')
      await expect(retireSilentKeys(db)).rejects.toThrow()
      expect((await view(id)).status).toBe('retired')
      await db.delete(accounts).where(eq(accounts.id, broken.accountId))
    })

    it('is stopped once by two runs at once', async () => {
      const { id, successorId } = await silentKey()
      await uses(successorId, '1 minute')
      const runs = await Promise.all([retireSilentKeys(db), retireSilentKeys(db), retireSilentKeys(db)])
      expect(runs.flat().filter((one) => one === id)).toHaveLength(1)
      expect(await eventsOf(id, 'api_key.retirement_changed')).toHaveLength(1)
    })
  })

  describe('of another account, or behind the wall, or of no account', () => {
    const changes: [string, (by: Actor, id: string, wall?: 'test') => Promise<unknown>][] = [
      ['read', (by, id, wall) => getApiKey(db, by.accountId, id, wall)],
      ['renamed', (by, id, wall) => renameApiKey(db, by, id, 'Mine', wall)],
      ['revoked', (by, id, wall) => revokeApiKey(db, by, id, null, wall)],
      [
        'regenerated',
        (by, id, wall) => regenerateApiKey(db, by, id, { overlap: 'none', retire_when_silent: false }, null, wall),
      ],
      ['ended', (by, id, wall) => endOverlap(db, by, id, wall)],
      ['told to stop when silent', (by, id, wall) => setRetireWhenSilent(db, by, id, true, wall)],
    ]

    it.each(changes)('can not be %s, in the same words', async (_, change) => {
      const { id } = await inStatus.retiring()
      const before = await db.select().from(apiKeys).orderBy(apiKeys.id)
      const stranger = await createTestAccount(db)
      const attempts = {
        missing: change(actor, newId('apiKey')),
        foreign: change(stranger, id),
        walled: change(actor, id, 'test'),
        malformed: change(actor, 'key_\0'),
        empty: change(actor, ''),
      }
      const answers = await Promise.all(
        Object.values(attempts).map((attempt) =>
          attempt.then(
            () => 'done',
            ({ name, code, message, fields }) => JSON.stringify({ name, code, message, fields }),
          ),
        ),
      )
      expect(JSON.parse(answers[0] as string)).toMatchObject({ name: 'Refusal', code: 'not_found' })
      expect(new Set(answers).size).toBe(1)
      expect(await db.select().from(apiKeys).orderBy(apiKeys.id)).toEqual(before)
    })
  })
})
