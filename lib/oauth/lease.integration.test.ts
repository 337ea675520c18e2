import { Readable } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { eventually } from '@/test/eventually'
import { ENDED, failureOf, held, withTokenKeepers } from '@/test/oauth-server'
import type { Egress } from '../egress'
import { readBody } from '../egress/body'
import { log } from '../log'
import { Secret } from '../vault/secret'
import { Vault } from '../vault/vault'
import { claim, release } from './lease'
import { openTokens, readState, removeTokens } from './stored-tokens'

withTokenKeepers('a renewal', (bed, driver) => {
  // The embedded database has the process's own.
  const itHasAnotherClock = driver === 'pglite' ? undefined : it
  const {
    instance,
    put,
    minted,
    putEnded,
    row,
    refreshToken,
    expectUsable,
    answerWith,
    holdAnswers,
    reached,
    byRefresh,
    vault,
  } = bed

  describe('holds a lease', () => {
    itHasAnotherClock?.('that is judged by the database’s clock: one that is wrong takes none', async () => {
      await putEnded()
      const lease = await claim(bed.db, bed.owner, { leaseMs: 30_000, reason: 'use' })
      vi.useFakeTimers({ toFake: ['Date'] })
      try {
        vi.setSystemTime(Date.now() + 3_600_000)
        expect(await claim(bed.dbs[1], bed.owner, { leaseMs: 30_000, reason: 'use' })).toBeNull()
        expect((await readState(bed.db, bed.owner)).isLeased).toBe(true)
      } finally {
        vi.useRealTimers()
      }
      if (lease) await release(bed.db, lease)
      expect(await claim(bed.dbs[1], bed.owner, { leaseMs: 30_000, reason: 'use' })).toMatchObject({
        fence: (lease?.fence ?? 0) + 1,
      })
    })

    it('that one of many gets', async () => {
      const leases = await Promise.all(
        Array.from({ length: 10 }, (__, n) =>
          claim(bed.dbs[n % 2] as Database, bed.owner, { leaseMs: 30_000, reason: 'use' }),
        ),
      )
      expect(leases.filter((lease) => lease !== null)).toHaveLength(1)
    })

    it('that ends by itself when its holder was killed; the next goes on', async () => {
      await putEnded()
      await claim(bed.db, bed.owner, { leaseMs: 700, reason: 'use' })
      const end = (await row())?.leaseUntil?.getTime()
      await expectUsable(await instance().valid(bed.owner, byRefresh))
      expect(Date.now()).toBeGreaterThanOrEqual(end as number)
      expect(bed.provider.requests()).toBe(1)
    })

    it('and who waits too long for another’s is told so, and nothing of the credential', async () => {
      await putEnded()
      await claim(bed.db, bed.owner, { leaseMs: 30_000, reason: 'use' })
      const error = await failureOf(instance({ waitMs: 300 }).valid(bed.owner, byRefresh))
      expect(error).toMatchObject({ code: 'busy', error: null, isPermanent: false })
      expect(bed.provider.requests()).toBe(0)
      expect(await row()).toMatchObject({ refusedError: null })
    })

    it('and who comes late overwrites nothing: what is stored by then is used', async () => {
      await putEnded()
      const pause = held()
      // Halts when the answer is there, as a process does that is stopped for a while.
      const halting: Pick<Egress, 'request'> = {
        request: async (...args) => {
          const response = await bed.egress.request(...args)
          const { bytes } = await readBody(response.body, 100_000)
          await pause.promise
          return { ...response, body: Readable.from([bytes]) }
        },
      }
      answerWith(200, { access_token: 'late', refresh_token: 'late', expires_in: 3600 })
      const late = instance({ egress: halting, leaseMs: 1_500 }).valid(bed.owner, byRefresh)
      await reached()
      bed.provider.interfere(null)
      const onTime = await instance().valid(bed.owner, byRefresh)
      const stored = await refreshToken()
      const warn = vi.spyOn(log, 'warn').mockReturnValue()
      pause.proceed()
      expect((await late).accessToken.reveal()).toBe(onTime.accessToken.reveal())
      expect(await refreshToken()).toBe(stored)
      await expectUsable(onTime)
      expect(warn).toHaveBeenCalledWith({ owner: bed.owner.ownerId }, expect.stringContaining('too late'))
    })

    it('and who comes late with a refusal is not believed: others may have spent the refresh token', async () => {
      await putEnded()
      const pause = held()
      const halting: Pick<Egress, 'request'> = {
        request: async (...args) => {
          await pause.promise
          return bed.egress.request(...args)
        },
      }
      const late = instance({ egress: halting, leaseMs: 1_500 }).valid(bed.owner, byRefresh)
      await eventually(async () => expect((await row())?.leaseUntil).not.toBeNull())
      const onTime = await instance().valid(bed.owner, byRefresh)
      answerWith(400, { error: 'invalid_grant' })
      pause.proceed()
      expect((await late).accessToken.reveal()).toBe(onTime.accessToken.reveal())
      expect(bed.provider.requests()).toBe(2)
      await expectUsable(onTime)
    })

    it('that is void once a person has brought other tokens', async () => {
      await putEnded()
      const proceed = holdAnswers()
      const renewing = instance().valid(bed.owner, byRefresh)
      await reached()
      await put({ refreshToken: await minted(), accessToken: new Secret('brought'), expiresAt: null, scope: null })
      proceed()
      expect(await renewing).toMatchObject({ version: 2, expiresAt: null })
      expect((await renewing).accessToken.reveal()).toBe('brought')
      expect(await row()).toMatchObject({ version: 2 })
    })

    it('that is void once a person has brought other tokens, even if it has just read them', async () => {
      await putEnded()
      const brought = await minted()
      let isClaimed = false
      class Overtaken extends Vault {
        override async open(...args: Parameters<Vault['open']>) {
          if (isClaimed) await put({ ...ENDED, refreshToken: brought })
          isClaimed = false
          return super.open(...args)
        }
      }
      const load = async () => {
        isClaimed = bed.provider.requests() === 0 && (await row())?.version === 1
        return byRefresh()
      }
      const keeper = instance({ vault: new Overtaken(vault.masterKeys) })
      await expectUsable(await keeper.valid(bed.owner, load))
      expect(bed.provider.requests()).toBe(1)
      expect(bed.provider.answers()).toEqual({ 200: 1 })
    })

    it('that is void once the tokens were removed, even if others are there by then', async () => {
      await putEnded()
      const proceed = holdAnswers()
      const renewing = instance({ waitMs: 100 }).valid(bed.owner, byRefresh)
      await reached()
      await bed.db.transaction((tx) => removeTokens(tx, vault, bed.owner))
      await put({ ...ENDED, refreshToken: new Secret('brought'), accessToken: new Secret('brought') })
      await claim(bed.db, bed.owner, { leaseMs: 30_000, reason: 'use' })
      proceed()
      expect(await failureOf(renewing)).toMatchObject({ code: 'busy' })
      expect((await openTokens(bed.db, vault, bed.owner)).accessToken?.reveal()).toBe('brought')
      expect(await row()).toMatchObject({ version: 1 })
    })

    it('whose call takes less than the lease', async () => {
      await putEnded()
      const limits: unknown[] = []
      const watched: Pick<Egress, 'request'> = {
        request: (url, request) => {
          limits.push(request?.limits?.totalMs)
          return bed.egress.request(url, request)
        },
      }
      await instance({ egress: watched }).renew(bed.owner, byRefresh, { reason: 'rejected' })
      await instance({ egress: watched, leaseMs: 3_000 }).renew(bed.owner, byRefresh, { reason: 'rejected' })
      expect(limits).toEqual([30_000, 2_000])
    })

    it('whose failure those share who wait in the same process', async () => {
      await putEnded()
      answerWith(503, {})
      const keeper = instance()
      const results = await Promise.allSettled([1, 2, 3, 4].map(() => keeper.valid(bed.owner, byRefresh)))
      for (const { status } of results) expect(status).toBe('rejected')
      expect(bed.provider.requests()).toBe(1)
    })

    it('whose failure those share as well who wait elsewhere', async () => {
      await putEnded()
      answerWith(503, {})
      const results = await Promise.allSettled(
        Array.from({ length: 4 }, (__, n) => instance({ db: bed.dbs[n % 2] }).valid(bed.owner, byRefresh)),
      )
      for (const { status } of results) expect(status).toBe('rejected')
      expect(bed.provider.requests()).toBe(1)
      bed.provider.interfere(null)
      await bed.cool()
      await expectUsable(await instance().valid(bed.owner, byRefresh))
    })
  })
})
