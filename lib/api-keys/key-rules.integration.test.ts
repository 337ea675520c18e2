import { and, asc, eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { accountPolicies, accounts, apiKeys, apiKeyUses, auditEvents, outboxEvents } from '@/db/schema'
import { breakAuditChain, createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import type { Actor } from '../audit'
import { parseInput } from '../input'
import {
  changeKeyRules,
  getApiKey,
  keyRulesInput,
  pauseApiKey,
  regenerateApiKey,
  resumeApiKey,
  revokeIdleKeys,
} from '.'

const DAY_MS = 86_400_000

forEachDatabase('what an account asks of its keys', (open) => {
  let db: Database
  let actor: Actor
  beforeAll(async () => {
    db = (await open()).db
  })
  beforeEach(async () => {
    await db.delete(accountPolicies)
    actor = await createTestAccount(db)
  })

  const ask = (rules: object) => {
    const none = { expiry_required: false, max_days: null, idle_days: null, addresses: null }
    return changeKeyRules(db, actor, parseInput(keyRulesInput, { ...none, ...rules }))
  }
  const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString()

  it('holds for new keys, and for those in the place of others', async () => {
    const { id } = await createTestKey(db, actor, { name: 'ERP' })
    await ask({ max_days: 30 })
    const refused = { code: 'invalid', fields: [{ field: 'expires_at' }] }
    await expect(createTestKey(db, actor)).rejects.toMatchObject(refused)
    await expect(createTestKey(db, actor, { expires_at: inDays(31) })).rejects.toMatchObject(refused)
    await createTestKey(db, actor, { expires_at: inDays(29) })
    const made = await regenerateApiKey(db, actor, id, { overlap: '1h', retire_when_silent: false })
    const { expiresAt } = await getApiKey(db, actor.accountId, made.id)
    expect((expiresAt as Date).getTime()).toBeLessThan(Date.now() + 30 * DAY_MS + 1_000)
    expect(made.expiresAt).toEqual(expiresAt)
    const [event] = await db
      .select()
      .from(auditEvents)
      .where(and(eq(auditEvents.targetId, id), eq(auditEvents.action, 'api_key.regenerated')))
    expect(event?.details).toMatchObject({ expires_at: expiresAt?.toISOString() })
  })

  it('says what to do about a key that never expires where keys must, and is to be regenerated', async () => {
    const { id } = await createTestKey(db, actor, { name: 'ERP' })
    await ask({ expiry_required: true })
    await expect(regenerateApiKey(db, actor, id, { overlap: '1h', retire_when_silent: false })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('Generate a new key with an expiry'),
      fields: [],
    })
  })

  it('is on record with what it was before', async () => {
    await ask({ idle_days: 90, addresses: ['10.0.0.0/8'] })
    const [event] = await db.select().from(auditEvents).where(eq(auditEvents.accountId, actor.accountId))
    expect(event).toMatchObject({
      action: 'account.policy_changed',
      details: {
        before: { keyIdleDays: null, keyAddresses: null },
        after: { keyIdleDays: 90, keyAddresses: ['10.0.0.0/8'] },
      },
    })
  })

  it('stays as it is in what a change does not name: another page may have said it meanwhile', async () => {
    const rules = { expiry_required: true, max_days: 30, idle_days: 90, addresses: ['10.0.0.0/8'] }
    await ask(rules)
    for (const name of Object.keys(rules)) {
      await changeKeyRules(db, actor, parseInput(keyRulesInput, { [name]: rules[name as keyof typeof rules] }))
    }
    await changeKeyRules(db, actor, parseInput(keyRulesInput, { max_days: 60 }))
    const [policy] = await db.select().from(accountPolicies)
    expect(policy).toMatchObject({
      keyExpiryRequired: true,
      keyMaxDays: 60,
      keyIdleDays: 90,
      keyAddresses: ['10.0.0.0/8'],
    })
  })

  it.each([
    [{ idle_days: 13 }, 'idle_days'],
    [{ max_days: 0 }, 'max_days'],
    [{ max_days: 'many' }, 'max_days'],
    [{ addresses: ['somewhere'] }, 'addresses.0'],
  ])('is refused when it is %o', (rules, field) => {
    expect(() => ask(rules)).toThrow(
      expect.objectContaining({ code: 'invalid', fields: [expect.objectContaining({ field })] }),
    )
  })

  describe('to be used', () => {
    /** A key that was made, and last used, so many days ago. */
    async function idleKey(madeDaysAgo: number, usedDaysAgo?: number): Promise<string> {
      const { id } = await createTestKey(db, actor)
      const ago = (days: number) => sql`now() - ${days}::float8 * interval '1 day'`
      await db
        .update(apiKeys)
        .set({ createdAt: ago(madeDaysAgo) })
        .where(eq(apiKeys.id, id))
      if (usedDaysAgo !== undefined) {
        const lastUsedAt = ago(usedDaysAgo)
        await db.insert(apiKeyUses).values({ keyId: id, accountId: actor.accountId, lastUsedAt })
      }
      return id
    }
    /** So many days go by for the account’s keys. */
    async function pass(days: number) {
      const back = (column: string) => sql.raw(`${column} - interval '${days} days'`)
      await db
        .update(apiKeys)
        .set({ createdAt: back('created_at'), idleRevokesAt: back('idle_revokes_at') })
        .where(eq(apiKeys.accountId, actor.accountId))
      await db
        .update(apiKeyUses)
        .set({ lastUsedAt: back('last_used_at') })
        .where(eq(apiKeyUses.accountId, actor.accountId))
    }
    const statusOf = async (id: string) => (await getApiKey(db, actor.accountId, id)).status
    const toldOf = async (id: string) => {
      const events = await db
        .select()
        .from(outboxEvents)
        .where(and(eq(outboxEvents.accountId, actor.accountId), eq(outboxEvents.subjectId, id)))
        .orderBy(asc(outboxEvents.id))
      return events.filter(({ kind }) => kind !== 'api_key.created').map(({ kind, data }) => [kind, data.daysLeft])
    }

    it('warns twice, then revokes, by Fenicia itself and with the reason', async () => {
      await ask({ idle_days: 90 })
      const id = await idleKey(200, 84)
      expect(await revokeIdleKeys(db)).toEqual({ warned: 1, revoked: 0 })
      expect(await revokeIdleKeys(db)).toEqual({ warned: 0, revoked: 0 })
      await pass(6)
      expect(await revokeIdleKeys(db)).toEqual({ warned: 1, revoked: 0 })
      expect(await statusOf(id)).toBe('active')
      await pass(1)
      expect(await revokeIdleKeys(db)).toEqual({ warned: 0, revoked: 1 })
      expect(await statusOf(id)).toBe('revoked')
      expect(await toldOf(id)).toEqual([
        ['api_key.idle', 7],
        ['api_key.idle', 1],
        ['api_key.revoked', undefined],
      ])
      const [event] = await db
        .select()
        .from(auditEvents)
        .where(and(eq(auditEvents.targetId, id), eq(auditEvents.action, 'api_key.revoked')))
      expect(event).toMatchObject({
        actorKind: 'system',
        details: { reason: 'Not used for 90 days, which the account lets no key be.' },
      })
    })

    it('gives a key that was idle before anybody asked a week, as all others', async () => {
      await ask({ idle_days: 14 })
      const id = await idleKey(500)
      await revokeIdleKeys(db)
      await pass(5)
      expect(await revokeIdleKeys(db)).toEqual({ warned: 0, revoked: 0 })
      await pass(1)
      expect(await revokeIdleKeys(db)).toEqual({ warned: 1, revoked: 0 })
      await pass(1)
      expect(await revokeIdleKeys(db)).toEqual({ warned: 0, revoked: 1 })
      expect(await toldOf(id)).toHaveLength(3)
    })

    it('keeps a key that is used after a warning, and warns of it anew later', async () => {
      await ask({ idle_days: 90 })
      const id = await idleKey(200, 84)
      await revokeIdleKeys(db)
      await db.update(apiKeyUses).set({ lastUsedAt: new Date() }).where(eq(apiKeyUses.keyId, id))
      await revokeIdleKeys(db)
      await pass(83)
      expect(await revokeIdleKeys(db)).toEqual({ warned: 1, revoked: 0 })
      expect(await toldOf(id)).toEqual([
        ['api_key.idle', 7],
        ['api_key.idle', 7],
      ])
    })

    it('warns anew of a key once the account has asked for nothing in between', async () => {
      await ask({ idle_days: 90 })
      const id = await idleKey(200, 89)
      await revokeIdleKeys(db)
      await pass(6)
      await revokeIdleKeys(db)
      await ask({})
      await pass(100)
      expect(await revokeIdleKeys(db)).toEqual({ warned: 0, revoked: 0 })
      await ask({ idle_days: 90 })
      expect(await revokeIdleKeys(db)).toEqual({ warned: 1, revoked: 0 })
      expect(await statusOf(id)).toBe('active')
    })

    it('warns anew of a key that was paused when its day came, and is resumed', async () => {
      await ask({ idle_days: 90 })
      const id = await idleKey(200, 89)
      await revokeIdleKeys(db)
      await pass(6)
      await revokeIdleKeys(db)
      await pauseApiKey(db, actor, id)
      await pass(10)
      expect(await revokeIdleKeys(db)).toEqual({ warned: 0, revoked: 0 })
      await resumeApiKey(db, actor, id)
      expect(await revokeIdleKeys(db)).toEqual({ warned: 1, revoked: 0 })
      expect(await statusOf(id)).toBe('active')
    })

    it('does not wait for another account whose keys can’t be revoked', async () => {
      const broken = actor
      const due = async () => {
        await ask({ idle_days: 90 })
        const id = await idleKey(500)
        await db
          .update(apiKeys)
          .set({ idleWarnings: 2, idleRevokesAt: sql`now() - interval '1 minute'` })
          .where(eq(apiKeys.id, id))
        return id
      }
      await due()
      await breakAuditChain(db, broken.accountId)
      actor = await createTestAccount(db)
      const id = await due()
      await expect(revokeIdleKeys(db)).rejects.toThrow()
      expect(await statusOf(id)).toBe('revoked')
      await db.delete(accounts).where(eq(accounts.id, broken.accountId))
    })

    it('leaves keys alone that are used, paused, or of an account that does not ask', async () => {
      const unasked = await idleKey(500)
      await revokeIdleKeys(db)
      expect(await toldOf(unasked)).toEqual([])
      await ask({ idle_days: 90 })
      const used = await idleKey(500, 10)
      const paused = await idleKey(500)
      await pauseApiKey(db, actor, paused)
      expect(await revokeIdleKeys(db)).toEqual({ warned: 1, revoked: 0 })
      expect([await toldOf(used), await toldOf(paused)]).toEqual([[], []])
      expect(await toldOf(unasked)).toHaveLength(1)
    })
  })
})
