import { randomBytes } from 'node:crypto'
import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { credentials, outboxEvents, renewalAttempts, tokenEndpoints, tokenSets, vaultItems } from '@/db/schema'
import { createTestAccount } from '@/test/account'
import { eventually } from '@/test/eventually'
import { ENDED, failureOf, held, MASTER_KEY, type TokenBed, withTokenKeepers } from '@/test/oauth-server'
import { newId } from '../../ids'
import { log } from '../../log'
import { MasterKeys } from '../../vault/master-keys'
import { Secret } from '../../vault/secret'
import { Vault } from '../../vault/vault'
import { claim } from '../lease'
import { expireTokens, putTokens, readState, rescheduleTokens, type TokenOwner } from '../stored-tokens'
import { type DueRenewal, findDue } from './due'
import { GIVE_UP_MS } from './schedule'
import { sweepDue } from './sweep'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A credential's row, which says that its tokens are renewed ahead. */
async function insertCredential({ db }: TokenBed, { accountId, ownerId }: TokenOwner, renewAhead = true) {
  await db.insert(credentials).values({
    id: ownerId,
    accountId,
    name: ownerId,
    nameHeld: ownerId,
    type: 'oauth2',
    settings: {},
    secretSetAt: {},
    hosts: [],
    renewAhead,
    createdByKind: 'system',
    createdByName: 'Test',
  })
}

withTokenKeepers('renewal', (bed, driver) => {
  const { instance, put, minted, putEnded, row, expectUsable, answerWith, byRefresh, byClient, vault } = bed
  beforeEach(async () => {
    await bed.db.delete(tokenEndpoints)
    await bed.db.delete(tokenSets)
    await insertCredential(bed, bed.owner)
  })

  const attempts = (owner = bed.owner) =>
    bed.db
      .select()
      .from(renewalAttempts)
      .where(and(eq(renewalAttempts.accountId, owner.accountId), eq(renewalAttempts.ownerId, owner.ownerId)))
      .orderBy(asc(renewalAttempts.id))
  const events = async () => {
    const { accountId } = bed.owner
    const rows = await bed.db
      .select()
      .from(outboxEvents)
      .where(eq(outboxEvents.accountId, accountId))
      .orderBy(asc(outboxEvents.id))
    return rows.map(({ kind, data }) => ({ kind, ...data }))
  }
  const kinds = async () => (await events()).map(({ kind }) => kind)
  const dueInMs = async () => {
    const renewAt = (await row())?.renewAt
    return renewAt ? renewAt.getTime() - Date.now() : null
  }
  const expectBetween = (value: number | null, least: number, most: number) => {
    expect(value).toBeGreaterThanOrEqual(least - 2_000)
    expect(value).toBeLessThanOrEqual(most + 2_000)
  }
  const goodFor = async (ms: number | null) =>
    put({
      refreshToken: await minted(),
      accessToken: new Secret('good'),
      expiresAt: ms === null ? null : new Date(Date.now() + ms),
      scope: null,
    })
  const due = () =>
    bed.db
      .update(tokenSets)
      .set({ renewAt: new Date(Date.now() - 1_000) })
      .where(eq(tokenSets.ownerId, bed.owner.ownerId))
  const others = (count: number) =>
    Array.from({ length: count }, () => ({ ...bed.owner, ownerId: newId('credential') }))
  const sweep = (load = byRefresh, options = {}) => {
    const keeper = instance()
    return sweepDue({ db: bed.db, renew: (owner, waiting) => keeper.renewIfDue(owner, load, waiting), ...options })
  }

  describe('comes', () => {
    it('ten to twenty minutes before tokens of hours end', async () => {
      await goodFor(6 * HOUR)
      expectBetween(await dueInMs(), 6 * HOUR - 20 * MINUTE, 6 * HOUR - 10 * MINUTE)
    })

    it('again for what it got', async () => {
      await putEnded()
      bed.provider.lifetimeSeconds = 900
      await instance().valid(bed.owner, byRefresh)
      expectBetween(await dueInMs(), 9 * MINUTE, 12 * MINUTE)
    })

    it('at once to a refresh token that was brought alone, and to a client that was corrected', async () => {
      await put({ refreshToken: await minted(), accessToken: null, expiresAt: null, scope: null })
      expectBetween(await dueInMs(), 0, 0)
      await goodFor(HOUR)
      await bed.db.transaction((tx) => expireTokens(tx, bed.owner))
      expectBetween(await dueInMs(), 0, 0)
    })

    it('again after one that was under way while the client was corrected, whose tokens are of the one before', async () => {
      await putEnded()
      const proceed = bed.holdAnswers()
      const of = (ownerVersion: number) => async () => ({ ...(await byRefresh()), ownerVersion })
      const renewing = instance().valid(bed.owner, of(1))
      await bed.reached()
      await bed.db.transaction(async (tx) => {
        await tx.update(credentials).set({ version: 2 }).where(eq(credentials.id, bed.owner.ownerId))
        await expireTokens(tx, bed.owner)
      })
      proceed()
      expect(await renewing).toMatchObject({ version: 2, ownerVersion: 1 })
      expectBetween(await dueInMs(), 0, 0)
      expect(await instance().valid(bed.owner, of(2))).toMatchObject({ version: 3, ownerVersion: 2 })
      expect(bed.provider.answers()).toEqual({ 200: 2 })
    })

    it('not to a credential whose owner does not want it, until he does', async () => {
      const set = (renewAhead: boolean) =>
        bed.db.transaction(async (tx) => {
          await tx.update(credentials).set({ renewAhead }).where(eq(credentials.id, bed.owner.ownerId))
          await rescheduleTokens(tx, vault, bed.owner)
        })
      await goodFor(HOUR)
      await set(false)
      expect(await dueInMs()).toBeNull()
      await expectUsable(await instance().renew(bed.owner, byRefresh, { reason: 'manual' }))
      expect(await dueInMs()).toBeNull()
      await set(true)
      expectBetween(await dueInMs(), 40 * MINUTE, 50 * MINUTE)
      // There is no access token yet that could end.
      await put({ refreshToken: await minted(), accessToken: null, expiresAt: null, scope: null })
      await set(false)
      await set(true)
      expectBetween(await dueInMs(), 0, 0)
    })

    it('by the database’s clock to tokens that an instance has stored whose own is wrong', async () => {
      const refreshToken = await minted()
      vi.useFakeTimers({ toFake: ['Date'] })
      try {
        vi.setSystemTime(Date.now() + 300_000)
        const expiresAt = new Date(Date.now() + HOUR)
        await put({ refreshToken, accessToken: new Secret('good'), expiresAt, scope: null })
      } finally {
        vi.useRealTimers()
      }
      const isPglite = driver === 'pglite'
      // The embedded database has the process's clock.
      const ends = ((await row())?.expiresAt?.getTime() ?? 0) - Date.now() - (isPglite ? 300_000 : 0)
      expectBetween(ends, HOUR, HOUR)
    })

    it('without regard to how another token endpoint was, once the client is corrected', async () => {
      await putEnded()
      await instance().valid(bed.owner, byRefresh)
      expect(await row()).toMatchObject({ endpoint: new URL(bed.provider.tokenUrl).origin })
      await bed.db.transaction((tx) => expireTokens(tx, bed.owner))
      expect(await row()).toMatchObject({ endpoint: null })
    })

    it('by what a 401 has taught, where nobody tells how long tokens last', async () => {
      await goodFor(null)
      expect(await dueInMs()).toBeNull()
      await bed.age(1_000_000)
      answerWith(200, { access_token: 'next', refresh_token: 'next' })
      await instance().renew(bed.owner, byRefresh, { reason: 'rejected', unlessNewerThan: 1 })
      expect(await row()).toMatchObject({ learnedSeconds: expect.closeTo(1_000, -1), expiresAt: null })
      expectBetween(await dueInMs(), 480_000, 640_000)
      // One that was taken away soon is not taken for the rule for ever.
      await bed.db.update(tokenSets).set({ learnedSeconds: 61 }).where(eq(tokenSets.ownerId, bed.owner.ownerId))
      await due()
      await instance().renewIfDue(bed.owner, byRefresh)
      expect(await row()).toMatchObject({ learnedSeconds: 77 })
      // Counted from when they were got, not from when somebody wants it again.
      await bed.db
        .update(tokenSets)
        .set({ learnedSeconds: 1_000, renewAt: null })
        .where(eq(tokenSets.ownerId, bed.owner.ownerId))
      await bed.age(600_000)
      await bed.db.transaction((tx) => rescheduleTokens(tx, vault, bed.owner))
      expectBetween(await dueInMs(), 192_000, 256_000)
    })

    it('whose refresh token ends when it did is told so in other seconds each time, and its end stays', async () => {
      const endsIn = async (ms: number) => {
        const refreshEndsAt = new Date(Date.now() + ms)
        await put({ refreshToken: await minted(), accessToken: null, expiresAt: null, scope: null, refreshEndsAt })
        return (await row())?.refreshExpiresAt?.getTime() ?? 0
      }
      const end = await endsIn(DAY)
      expect(await endsIn(DAY + 1_000)).toBe(end)
      expect(await endsIn(DAY + 6 * MINUTE)).not.toBe(end)
    })
  })

  describe('a sweep', () => {
    it('renews what is due, once, and nothing else', async () => {
      const other = { ...bed.owner, ownerId: newId('credential') }
      await insertCredential(bed, other)
      await goodFor(HOUR)
      await due()
      await put({ ...ENDED, expiresAt: new Date(Date.now() + DAY), refreshToken: await minted() }, other)
      expect(await sweep()).toEqual({ renewed: 1, failed: 0 })
      expect(await sweep()).toEqual({ renewed: 0, failed: 0 })
      expect(bed.provider.requests()).toBe(1)
      expect((await attempts()).map(({ reason, result }) => [reason, result])).toEqual([['ahead', 'renewed']])
    })

    it('renews each once, though several sweep', async () => {
      const owners = others(12)
      for (const owner of owners) {
        await insertCredential(bed, owner)
        await put({ refreshToken: await minted(), accessToken: null, expiresAt: null, scope: null }, owner)
      }
      const results = await Promise.all([sweep(), sweep(), sweep()])
      expect(results.reduce((sum, { renewed }) => sum + renewed, 0)).toBe(12)
      expect(bed.provider.answers()).toEqual({ 200: 12 })
    })

    it('goes on with what becomes due while it lasts', async () => {
      await putEnded()
      bed.provider.lifetimeSeconds = 2
      await sweep(byRefresh, { forMs: 4_000 })
      expect(bed.provider.requests()).toBeGreaterThanOrEqual(2)
      expect(bed.provider.answers()).toEqual({ 200: bed.provider.requests() })
    })

    it('leaves alone what somebody has tried just before, who says when it is tried again', async () => {
      await putEnded()
      await due()
      answerWith(503, {})
      // Between the look-up and the claim, another instance has renewed, or has failed to.
      await bed.db
        .update(tokenSets)
        .set({ renewAt: new Date(Date.now() + 60_000) })
        .where(eq(tokenSets.ownerId, bed.owner.ownerId))
      expect(await instance().renewIfDue(bed.owner, byRefresh)).toBe(false)
      expect(bed.provider.requests()).toBe(0)
      expect(await attempts()).toEqual([])
    })

    it('beside few others that are at work, and many that wait for their token endpoint', async () => {
      const owners = others(8)
      for (const owner of owners) {
        await insertCredential(bed, owner)
        await putEnded(owner)
      }
      const now = { atWork: 0, waiting: 0 }
      let mostAtWork = 0
      await sweepDue({
        db: bed.db,
        renew: async ({ ownerId }, waiting) => {
          if (!owners.some((owner) => owner.ownerId === ownerId)) return false
          now.atWork += 1
          mostAtWork = Math.max(mostAtWork, now.atWork)
          await readState(bed.db, bed.owner)
          now.atWork -= 1
          now.waiting += 1
          waiting.begin()
          await eventually(() => expect(now.waiting).toBe(8))
          waiting.end()
          return true
        },
      })
      expect(now.waiting).toBe(8)
      expect(mostAtWork).toBe(2)
    })

    describe('while requests keep coming', () => {
      /** Makes as many due, for so long, whose tokens end so long from now. */
      const makeDue = async (
        owners: TokenOwner[],
        { overdueMs, endsInMs }: { overdueMs: number; endsInMs: number },
      ) => {
        for (const owner of owners) {
          await insertCredential(bed, owner)
          await putEnded(owner)
          const [renewAt, expiresAt] = [new Date(Date.now() - overdueMs), new Date(Date.now() + endsInMs)]
          await bed.db.update(tokenSets).set({ renewAt, expiresAt }).where(eq(tokenSets.ownerId, owner.ownerId))
        }
      }
      /** Sweeps for as long, or until one of them is begun; tells whose renewal was begun, and when. */
      const sweepBusy = async (
        owners: TokenOwner[],
        {
          forMs = 20_000,
          isBusy = () => true,
          until,
        }: { forMs?: number; isBusy?: () => boolean; until?: TokenOwner } = {},
      ) => {
        const begun: { ownerId: string; at: number }[] = []
        const stop = new AbortController()
        const renew = async ({ ownerId }: DueRenewal) => {
          if (!owners.some((owner) => owner.ownerId === ownerId)) return false
          begun.push({ ownerId, at: performance.now() })
          await bed.db.update(tokenSets).set({ renewAt: null }).where(eq(tokenSets.ownerId, ownerId))
          if (ownerId === until?.ownerId) stop.abort()
          return true
        }
        await sweepDue({ db: bed.db, renew, isBusy, forMs, signal: stop.signal })
        const all = owners.map(({ ownerId }) => ownerId)
        await bed.db.update(tokenSets).set({ renewAt: null }).where(inArray(tokenSets.ownerId, all))
        return begun
      }
      const MINUTES = 60_000

      it('leaves them room between one renewal and the next', async () => {
        const owners = others(6)
        await makeDue(owners, { overdueMs: 0, endsInMs: 10 * MINUTES })
        const begun = await sweepBusy(owners)
        expect(begun).toHaveLength(6)
        const [first, last] = [begun[0]?.at ?? 0, begun[5]?.at ?? 0]
        // Of a machine that is busy itself one may be noted late.
        expect(last - first).toBeGreaterThanOrEqual(5 * 250 - 100)
      })

      it.each([
        ['half of the time is over that was left until their tokens end', { overdueMs: 6_100, endsInMs: 5_900 }],
        [
          'they have waited for five minutes, however long their tokens last',
          { overdueMs: 5.1 * MINUTES, endsInMs: 60 * MINUTES },
        ],
        ['three seconds are left until their tokens end', { overdueMs: 0, endsInMs: 2_900 }],
        ['their tokens have ended', { overdueMs: 0, endsInMs: -1_000 }],
      ])('leaves none once %s', async (_, times) => {
        const owners = others(6)
        await makeDue(owners, times)
        const isBusy = vi.fn(() => true)
        expect(await sweepBusy(owners, { isBusy })).toHaveLength(6)
        expect(isBusy).not.toHaveBeenCalled()
      })

      it('begins first what can wait least, also what becomes due after all that waits', async () => {
        const patient = others(40)
        const [urgent] = others(1) as [TokenOwner]
        await makeDue(patient, { overdueMs: 0, endsInMs: 20 * MINUTES })
        const sweeping = sweepBusy([...patient, urgent], { until: urgent })
        await makeDue([urgent], { overdueMs: 0, endsInMs: 100 })
        const begun = (await sweeping).map(({ ownerId }) => ownerId)
        expect(begun).toContain(urgent.ownerId)
        // It is found within two seconds, in which eight of the others are begun.
        expect(begun.length).toBeLessThan(20)
      })

      it('leaves to the next sweep what still waits when its time is over', async () => {
        const owners = others(10)
        await makeDue(owners, { overdueMs: 0, endsInMs: 10 * MINUTES })
        const begun = await sweepBusy(owners, { forMs: 600 })
        expect(begun.length).toBeGreaterThanOrEqual(1)
        expect(begun.length).toBeLessThan(8)
      })
    })

    it('has each renewed elsewhere once, and does not ask again and again until that is done', async () => {
      await putEnded()
      await due()
      const renew = vi.fn(async () => true)
      expect(await sweepDue({ db: bed.db, renew, forMs: 500 })).toEqual({ renewed: 1, failed: 0 })
      expect(renew).toHaveBeenCalledOnce()
    })

    it('begins nothing once it is to stop', async () => {
      await putEnded()
      expect(await sweep(byRefresh, { signal: AbortSignal.abort(), forMs: 10_000 })).toEqual({ renewed: 0, failed: 0 })
      expect(bed.provider.requests()).toBe(0)
    })

    it('leaves alone what somebody is renewing', async () => {
      await putEnded()
      await claim(bed.db, bed.owner, { leaseMs: 30_000, reason: 'use' })
      expect(await sweep()).toEqual({ renewed: 0, failed: 0 })
      expect(bed.provider.requests()).toBe(0)
    })

    it('leaves an endpoint alone that is down, but for one that tries, and goes on when it is back', async () => {
      const owners = others(8)
      const endpoint = new URL(bed.provider.tokenUrl).origin
      for (const owner of owners) {
        await insertCredential(bed, owner)
        await put({ refreshToken: await minted(), accessToken: null, expiresAt: null, scope: null }, owner)
      }
      await bed.db.update(tokenSets).set({ endpoint })
      await bed.db.insert(tokenEndpoints).values({ origin: endpoint, failures: 5, changedAt: new Date() })
      answerWith(503, {})
      expect(await sweep()).toEqual({ renewed: 0, failed: 1 })
      const [down] = await bed.db.select().from(tokenEndpoints)
      expect(down).toMatchObject({ failures: 6 })
      expectBetween((down?.openUntil?.getTime() ?? 0) - Date.now(), 22_500, 37_500)
      expect(await sweep()).toEqual({ renewed: 0, failed: 0 })
      bed.provider.interfere(null)
      await bed.db.update(tokenEndpoints).set({ openUntil: new Date(Date.now() - 1_000) })
      await bed.db.update(tokenSets).set({ renewAt: new Date(Date.now() - 1_000) })
      expect(await sweep()).toEqual({ renewed: 8, failed: 0 })
      expect(await bed.db.$count(tokenEndpoints)).toBe(0)
    })

    it('asks an endpoint that is down by one at a time, also while that one waits for its answer', async () => {
      const endpoint = new URL(bed.provider.tokenUrl).origin
      for (const owner of others(3)) {
        await insertCredential(bed, owner)
        await put({ refreshToken: await minted(), accessToken: null, expiresAt: null, scope: null }, owner)
      }
      await bed.db.update(tokenSets).set({ endpoint })
      await bed.db.insert(tokenEndpoints).values({ origin: endpoint, failures: 5, changedAt: new Date() })
      const [first] = await findDue(bed.db, 10)
      expect(await findDue(bed.db, 10)).toHaveLength(1)
      await claim(bed.db, first as DueRenewal, { leaseMs: 30_000, reason: 'ahead' })
      expect(await findDue(bed.db, 10)).toEqual([])
    })

    it('looks for what becomes due while all that it has begun waits for an endpoint that hangs', async () => {
      await putEnded()
      await due()
      let end = () => {}
      const hanging = new Promise<void>((resolve) => {
        end = resolve
      })
      const [later] = others(1) as [TokenOwner]
      const renewed: string[] = []
      const renew = async ({ ownerId }: DueRenewal) => {
        renewed.push(ownerId)
        if (ownerId === bed.owner.ownerId) await hanging
        return true
      }
      const swept = sweepDue({ db: bed.db, renew })
      await eventually(() => expect(renewed).toEqual([bed.owner.ownerId]))
      await insertCredential(bed, later)
      await putEnded(later)
      await bed.db
        .update(tokenSets)
        .set({ renewAt: new Date(Date.now() - 1_000) })
        .where(eq(tokenSets.ownerId, later.ownerId))
      await eventually(() => expect(renewed).toContain(later.ownerId))
      end()
      await swept
    })

    it('tries again meanwhile what has failed and is due again', async () => {
      const [other] = others(1) as [TokenOwner]
      await insertCredential(bed, other)
      await putEnded(other)
      await putEnded()
      await due()
      const { promise, proceed } = held()
      const failed: string[] = []
      const renew = async ({ ownerId, renewAt }: DueRenewal) => {
        if (ownerId === bed.owner.ownerId) await promise
        if (ownerId !== other.ownerId) return true
        failed.push(renewAt)
        const again = new Date(Date.now() - 1_000)
        await bed.db.update(tokenSets).set({ renewAt: again }).where(eq(tokenSets.ownerId, ownerId))
        return false
      }
      const swept = sweepDue({ db: bed.db, renew })
      await eventually(() => expect(failed.length).toBeGreaterThanOrEqual(2))
      await bed.db.update(tokenSets).set({ renewAt: null }).where(eq(tokenSets.ownerId, other.ownerId))
      proceed()
      await swept
      expect(new Set(failed).size).toBe(failed.length)
    })

    it('is found by the index of what is due, without a look at the rest', async () => {
      const plan = await bed.db.transaction(async (tx) => {
        await tx.execute(sql`set local enable_seqscan = off`)
        const lines: unknown[] = []
        const execute = async (statement: SQL) => {
          const { rows } = (await tx.execute(sql`explain ${statement}`)) as unknown as { rows: unknown[] }
          lines.push(...rows)
          return { rows: [] }
        }
        await findDue(Object.create(tx, { execute: { value: execute } }), 200)
        return JSON.stringify(lines)
      })
      expect(plan).toMatch(/token_sets_due_idx.*Index Cond: \(renew_at <= /)
    })

    it('is kept from an endpoint no longer by calls that go on failing there, such as another account’s', async () => {
      await putEnded()
      const openUntil = new Date(Date.now() + 20_000)
      const origin = new URL(bed.provider.tokenUrl).origin
      await bed.db.insert(tokenEndpoints).values({ origin, failures: 9, openUntil, changedAt: new Date() })
      answerWith(503, {})
      await failureOf(instance().valid(bed.owner, byRefresh))
      expect(await bed.db.select().from(tokenEndpoints)).toMatchObject([{ failures: 10, openUntil }])
    })

    it('is kept from an endpoint by no other account that asks there too often, and by several that do', async () => {
      const { accountId } = await createTestAccount(bed.db)
      const theirs = Array.from({ length: 6 }, () => ({ accountId, ownerId: newId('credential') }))
      const putAll = async (owners: TokenOwner[]) => {
        for (const owner of owners) {
          await insertCredential(bed, owner)
          await put({ refreshToken: await minted(), accessToken: null, expiresAt: null, scope: null }, owner)
        }
      }
      await putAll(theirs)
      answerWith(429, {})
      expect(await sweep()).toEqual({ renewed: 0, failed: 6 })
      expect(await bed.db.select().from(tokenEndpoints)).toEqual([])
      bed.provider.interfere(null)
      const mine = others(6)
      await putAll(mine)
      expect(await sweep()).toEqual({ renewed: 6, failed: 0 })
      // Whoever asks: it is asked too often from here.
      answerWith(429, {})
      await bed.db.update(tokenSets).set({ renewAt: new Date(Date.now() - 1_000) })
      await sweep()
      const [down] = await bed.db.select().from(tokenEndpoints)
      expect(down?.failures).toBeGreaterThanOrEqual(5)
      expect(down?.openUntil?.getTime()).toBeGreaterThan(Date.now())
    })

    it('takes an account’s one before another account’s next', async () => {
      const { accountId } = await createTestAccount(bed.db)
      const mine = others(5)
      const theirs = { accountId, ownerId: newId('credential') }
      for (const owner of [...mine, theirs]) {
        await insertCredential(bed, owner)
        await put({ refreshToken: new Secret('any'), accessToken: null, expiresAt: null, scope: null }, owner)
      }
      const found = await findDue(bed.db, 2)
      expect(found.map(({ ownerId }) => ownerId)).toEqual([mine[0]?.ownerId, theirs.ownerId])
    })
  })

  describe('that fails', () => {
    it('is tried again later, soon at first, and remembered with the reason', async () => {
      await putEnded()
      await due()
      answerWith(503, { error: 'temporarily_unavailable', error_description: 'Back soon' })
      expect(await sweep()).toEqual({ renewed: 0, failed: 1 })
      expect(await row()).toMatchObject({ failures: 1, refusedError: null, leaseUntil: null, version: 1 })
      expectBetween(await dueInMs(), 3_750, 6_250)
      expect(await attempts()).toMatchObject([
        {
          reason: 'ahead',
          result: 'retrying',
          status: 503,
          error: 'temporarily_unavailable',
          detail: expect.stringContaining('Back soon'),
          nextAt: (await row())?.renewAt,
        },
      ])
      expect(await kinds()).toEqual([])
    })

    it('is not tried before the provider wants it, by no call either', async () => {
      await putEnded()
      answerWith(429, {}, { 'retry-after': '120' })
      await failureOf(instance().valid(bed.owner, byRefresh))
      expectBetween(await dueInMs(), 120_000, 120_000)
      const error = await failureOf(instance().valid(bed.owner, byRefresh))
      expect(error).toMatchObject({ code: 'unavailable', retryAfterMs: expect.closeTo(120_000, -4) })
      expect(bed.provider.requests()).toBe(1)
      bed.provider.interfere(null)
      await expectUsable(await instance().renew(bed.owner, byRefresh, { reason: 'manual' }))
    })

    it('takes nothing from tokens that have not ended', async () => {
      await goodFor(30_000)
      await bed.age(27_000 - 3_000)
      answerWith(500, {})
      expect((await instance().valid(bed.owner, byRefresh)).accessToken.reveal()).toBe('good')
      expect(bed.provider.requests()).toBe(1)
      await bed.age(4_000)
      expect(await failureOf(instance().valid(bed.owner, byRefresh))).toMatchObject({ code: 'unavailable' })
    })

    it('for good asks for a person, at once, and once', async () => {
      await put({ ...ENDED, refreshToken: new Secret('unknown-token') })
      await due()
      await sweep()
      expect(await row()).toMatchObject({ refusedError: 'invalid_grant', renewAt: null })
      await sweep()
      await failureOf(instance().valid(bed.owner, byRefresh))
      expect(bed.provider.requests()).toBe(1)
      expect(await events()).toMatchObject([
        {
          kind: 'credential.reauthorization_required',
          name: bed.owner.ownerId,
          error: 'invalid_grant',
          detail: expect.any(String),
          connectedById: null,
        },
      ])
      expect(JSON.stringify([await events(), await attempts()])).not.toContain('unknown-token')
    })

    it('because consent has brought no refresh token asks for a person while calls still go on, and once', async () => {
      const expiresAt = new Date(Date.now() + HOUR)
      await put({ refreshToken: null, accessToken: new Secret('good'), expiresAt, scope: null })
      const ends = (await row())?.expiresAt?.toISOString()
      // Who asks by himself is told so, and nothing is wrong yet.
      await failureOf(instance().renew(bed.owner, byRefresh, { reason: 'manual' }))
      expect(await row()).toMatchObject({ refusedError: null, leaseUntil: null })
      await due()
      expect(await sweep()).toEqual({ renewed: 0, failed: 1 })
      expect(await row()).toMatchObject({ refusedError: 'no_refresh_token', renewAt: null, leaseUntil: null })
      expect((await instance().valid(bed.owner, byRefresh)).accessToken.reveal()).toBe('good')
      await bed.age(HOUR)
      await failureOf(instance().valid(bed.owner, byRefresh))
      expect(await attempts()).toMatchObject([{ reason: 'ahead', result: 'refused', error: 'no_refresh_token' }])
      expect(await events()).toMatchObject([{ kind: 'credential.reauthorization_required', callsFailAt: ends }])
      expect(bed.provider.requests()).toBe(0)
    })

    it('because there is no refresh token, of a token that the service takes no longer, asks for a person', async () => {
      await put({ refreshToken: null, accessToken: new Secret('revoked'), expiresAt: null, scope: null })
      await failureOf(instance().renew(bed.owner, byRefresh, { reason: 'rejected', unlessNewerThan: 1 }))
      expect(await kinds()).toEqual(['credential.reauthorization_required'])
    })

    it('for good, of an unknown outcome before it, says so', async () => {
      await put({ ...ENDED, refreshToken: new Secret('unknown-token') })
      await claim(bed.db, bed.owner, { leaseMs: 1, reason: 'ahead' })
      await failureOf(instance().valid(bed.owner, byRefresh))
      expect(await attempts()).toMatchObject([
        { result: 'unknown', reason: 'ahead' },
        { result: 'refused', error: 'invalid_grant', detail: expect.stringContaining('was cut off before its answer') },
      ])
    })

    it('fifty times is told once, and once more when it is over', async () => {
      await goodFor(HOUR)
      await bed.age(50 * MINUTE)
      answerWith(500, {})
      const onAlarm = vi.fn()
      const keeper = instance({ onAlarm })
      for (let n = 0; n < 50; n++) {
        await due()
        await failureOf(keeper.renewIfDue(bed.owner, byRefresh))
      }
      expect(await row()).toMatchObject({ failures: 50, refusedError: null })
      expect(await kinds()).toEqual(['credential.renewal_failing'])
      expect(onAlarm).toHaveBeenCalledOnce()
      bed.provider.interfere(null)
      await due()
      expect(await keeper.renewIfDue(bed.owner, byRefresh)).toBe(true)
      expect(await kinds()).toEqual(['credential.renewal_failing', 'credential.renewal_recovered'])
      expect(await row()).toMatchObject({ failures: 0, failingSince: null, alarmedAt: null })
    })

    it('is given up after seven days, not after any number of attempts', async () => {
      await putEnded()
      answerWith(500, {})
      const keeper = instance()
      for (let n = 0; n < 5; n++) await failureOf(keeper.renew(bed.owner, byRefresh, { reason: 'manual' }))
      expect(await row()).toMatchObject({ refusedError: null })
      await bed.age(GIVE_UP_MS)
      await failureOf(keeper.renew(bed.owner, byRefresh, { reason: 'manual' }))
      expect(await row()).toMatchObject({ refusedError: 'status 500', renewAt: null })
      expect((await events()).at(-1)).toMatchObject({
        kind: 'credential.reauthorization_required',
        detail: expect.stringContaining('Given up after seven days'),
      })
    })

    it('after a call was refused says that calls fail already', async () => {
      await put({
        refreshToken: new Secret('unknown-token'),
        accessToken: new Secret('revoked'),
        expiresAt: new Date(Date.now() + HOUR),
        scope: null,
      })
      await failureOf(instance().renew(bed.owner, byRefresh, { reason: 'rejected', unlessNewerThan: 1 }))
      const [event] = await events()
      expect(event).toMatchObject({ kind: 'credential.reauthorization_required' })
      expectBetween(Date.now() - Date.parse((event as unknown as { callsFailAt: string }).callsFailAt), -1_000, 10_000)
    })

    it('some time after a call was refused says so, too', async () => {
      await goodFor(HOUR)
      answerWith(503, {})
      await failureOf(instance().renew(bed.owner, byRefresh, { reason: 'rejected', unlessNewerThan: 1 }))
      answerWith(400, { error: 'invalid_grant' })
      await due()
      await failureOf(instance().renewIfDue(bed.owner, byRefresh))
      const [event] = await events()
      expect(event).toMatchObject({ kind: 'credential.reauthorization_required' })
      expectBetween(Date.now() - Date.parse((event as unknown as { callsFailAt: string }).callsFailAt), -1_000, 10_000)
    })

    it('is told at once where the provider wants to be left alone until after the tokens’ end', async () => {
      await goodFor(HOUR)
      await bed.age(50 * MINUTE)
      answerWith(429, {}, { 'retry-after': '3600' })
      await due()
      await failureOf(instance().renewIfDue(bed.owner, byRefresh))
      expect(await kinds()).toEqual(['credential.renewal_failing'])
    })

    it('of who asks again after a refusal leaves nothing due: it stays refused', async () => {
      await put({ ...ENDED, refreshToken: new Secret('unknown-token') })
      await failureOf(instance().valid(bed.owner, byRefresh))
      answerWith(503, {})
      await failureOf(instance().renew(bed.owner, byRefresh, { reason: 'manual' }))
      expect(await row()).toMatchObject({ refusedError: 'invalid_grant', renewAt: null })
      expect((await attempts()).at(-1)).toMatchObject({ result: 'retrying', nextAt: null })
    })

    it('anew, after the credential was changed, is told anew', async () => {
      await goodFor(HOUR)
      await bed.age(50 * MINUTE)
      answerWith(500, {})
      const fail = async () => {
        await due()
        await failureOf(instance().renewIfDue(bed.owner, byRefresh))
      }
      for (let n = 0; n < 3; n++) await fail()
      await bed.db.transaction((tx) => expireTokens(tx, bed.owner))
      for (let n = 0; n < 4; n++) await fail()
      expect(await kinds()).toEqual(['credential.renewal_failing', 'credential.renewal_failing'])
    })

    it('at each call for seven days is given up, though nobody knows when the tokens end', async () => {
      await goodFor(null)
      await bed.db.update(credentials).set({ renewAhead: false }).where(eq(credentials.id, bed.owner.ownerId))
      answerWith(500, {})
      const fail = () => failureOf(instance().renew(bed.owner, byRefresh, { reason: 'rejected', unlessNewerThan: 1 }))
      await fail()
      await bed.age(GIVE_UP_MS)
      await fail()
      expect(await row()).toMatchObject({ refusedError: 'status 500', renewAt: null })
    })

    it('is told once, though the first was told at once and others follow', async () => {
      await goodFor(HOUR)
      await bed.age(50 * MINUTE)
      answerWith(429, {}, { 'retry-after': '3600' })
      for (let n = 0; n < 4; n++) {
        await due()
        await failureOf(instance().renewIfDue(bed.owner, byRefresh))
      }
      expect(await kinds()).toEqual(['credential.renewal_failing'])
    })

    it('is over when a person brings other tokens', async () => {
      await put({ ...ENDED, refreshToken: new Secret('unknown-token') })
      await failureOf(instance().valid(bed.owner, byRefresh))
      await goodFor(HOUR)
      expect(await kinds()).toEqual(['credential.reauthorization_required', 'credential.renewal_recovered'])
    })

    it('with client credentials before there were any tokens is remembered too', async () => {
      answerWith(503, {})
      await failureOf(instance().valid(bed.owner, byClient))
      expect(await row()).toMatchObject({ version: 0, failures: 1 })
      expectBetween(await dueInMs(), 3_750, 6_250)
    })

    describe('for what can’t be opened any more', () => {
      const place = () => ({ ...bed.owner, field: 'secret' }) as const
      const damage = (field: 'secret' | 'tokens') =>
        bed.db
          .update(vaultItems)
          .set({ sealed: 'damaged' })
          .where(and(eq(vaultItems.ownerId, bed.owner.ownerId), eq(vaultItems.field, field)))
      const failThrice = async (by = vault) => {
        const keeper = instance({ vault: by })
        const load = async () => {
          await by.open(bed.db, place())
          return byRefresh()
        }
        for (const _ of [1, 2, 3]) {
          await due()
          await sweepDue({ db: bed.db, renew: (owner, waiting) => keeper.renewIfDue(owner, load, waiting) })
        }
      }
      beforeEach(async () => {
        vi.spyOn(log, 'error').mockReturnValue()
        await bed.db.transaction((tx) => vault.put(tx, place(), { client_secret: new Secret('any') }))
        await putEnded()
      })

      it.each([
        ['secret', /client secret can’t be opened any more.*enter it again/],
        ['tokens', /tokens can’t be opened any more.*[Cc]onnect the service again.*enter the refresh token again/],
      ] as const)('tells people what brings another: %s', async (field, words) => {
        await damage(field)
        await failThrice()
        expect(bed.provider.requests()).toBe(0)
        expect((await attempts()).map(({ detail }) => detail)).toEqual(Array(3).fill(expect.stringMatching(words)))
        const told = { kind: 'credential.renewal_failing', error: 'corrupt', detail: expect.stringMatching(words) }
        expect(await events()).toMatchObject([told])
      })

      it('asks for nothing to be entered again while the server has another master key under the same name', async () => {
        await failThrice(new Vault(new MasterKeys([{ kid: MASTER_KEY.kid, key: randomBytes(32) }])))
        for (const { detail } of await attempts()) expect(detail).not.toMatch(/again/)
        expect(await events()).toMatchObject([{ error: 'corrupt', detail: expect.not.stringMatching(/again/) }])
        await due()
        expect(await sweep()).toEqual({ renewed: 1, failed: 0 })
      })
    })

    it('of a draft is told to nobody', async () => {
      const draft = { ...bed.owner, ownerId: newId('credentialDraft') }
      await bed.db.transaction((tx) =>
        putTokens(tx, vault, draft, { ...ENDED, refreshToken: new Secret('unknown-token') }),
      )
      await failureOf(instance().valid(draft, byRefresh))
      expect(await row(draft)).toMatchObject({ refusedError: 'invalid_grant', renewAt: null })
      expect(await kinds()).toEqual([])
    })
  })

  describe('keeps a history', () => {
    it('of who asked, and why', async () => {
      await putEnded()
      const keeper = instance()
      await keeper.valid(bed.owner, byRefresh)
      await keeper.renew(bed.owner, byRefresh, { reason: 'rejected', unlessNewerThan: 2 })
      await keeper.renew(bed.owner, byRefresh, { reason: 'manual' })
      await keeper.renew(bed.owner, byRefresh, { reason: 'test' })
      expect((await attempts()).map(({ reason, result }) => `${reason} ${result}`)).toEqual([
        'use renewed',
        'rejected renewed',
        'manual renewed',
        'test renewed',
      ])
    })

    it('without an entry for what was not asked', async () => {
      await putEnded()
      const gone = async () => {
        throw new Error('No such credential')
      }
      vi.spyOn(log, 'error').mockReturnValue()
      await failureOf(instance().valid(bed.owner, gone))
      expect(await attempts()).toEqual([])
    })
  })
})
