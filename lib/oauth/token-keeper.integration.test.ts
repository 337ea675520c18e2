import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { tokenSets, vaultItems } from '@/db/schema'
import { ENDED, failureOf, held, withTokenKeepers } from '@/test/oauth-server'
import { newId } from '../ids'
import { log } from '../log'
import { Secret } from '../vault/secret'
import { Vault } from '../vault/vault'
import { isOAuthError } from './errors'
import type { KeptTokens } from './renewal/renew'
import { storeRenewed } from './store'
import type { TokenOwner } from './stored-tokens'
import type { TokenKeeper } from './token-keeper'

withTokenKeepers('the keeper of tokens', (bed, driver) => {
  // The same on each database, and too slow for three.
  const itTakesSeconds = driver === 'pg' ? it : undefined
  const {
    instance,
    put,
    minted,
    putEnded,
    row,
    refreshToken,
    expectUsable,
    holdAnswers,
    reached,
    failStoring,
    byRefresh,
    byClient,
    vault,
  } = bed

  describe('renews', () => {
    it('with a refresh token that is replaced each time, as often as it is asked to', async () => {
      await put({ refreshToken: await minted(), accessToken: null, expiresAt: null, scope: null })
      const keeper = instance()
      const seen = new Set([await refreshToken()])
      for (let n = 2; n <= 4; n++) {
        const kept = await keeper.renew(bed.owner, byRefresh, { reason: 'test' })
        expect(kept.version).toBe(n)
        await expectUsable(kept)
        seen.add(await refreshToken())
      }
      expect(seen.size).toBe(4)
      expect(bed.provider.answers()).toEqual({ 200: 3 })
    })

    it('with client credentials, from nothing, and keeps what it got', async () => {
      const keeper = instance()
      const first = await keeper.valid(bed.owner, byClient)
      await expectUsable(first)
      expect(await instance().valid(bed.owner, byClient)).toMatchObject({ version: 1, accessToken: first.accessToken })
      expect(bed.provider.requests()).toBe(1)
      await expectUsable(await keeper.renew(bed.owner, byClient, { reason: 'rejected', unlessNewerThan: 1 }))
      expect(bed.provider.requests()).toBe(2)
    })

    it('not before it must, and once more when it must', async () => {
      await putEnded()
      bed.provider.lifetimeSeconds = 100
      const keeper = instance()
      const first = await keeper.valid(bed.owner, byRefresh)
      expect(await keeper.valid(bed.owner, byRefresh, { marginMs: 600_000 })).toMatchObject({ version: first.version })
      await bed.age(75_000)
      expect((await keeper.valid(bed.owner, byRefresh)).version).toBe(first.version)
      await bed.age(5_000)
      expect((await keeper.valid(bed.owner, byRefresh)).version).toBe(first.version + 1)
      expect(bed.provider.requests()).toBe(2)
    })

    it('and keeps what is said to last until the end of time, by a clock that is behind ours', async () => {
      await putEnded()
      const until = { expires_at: '9999-12-31T23:59:59.999Z', refresh_expires_at: '9999-12-31T23:59:59.999Z' }
      const date = new Date(Date.now() - 60_000).toUTCString()
      bed.answerWith(200, { access_token: 'endless', refresh_token: 'endless-too', ...until }, { date })
      // Who has just started remembers no data key.
      const keeper = instance({ vault: new Vault(vault.masterKeys) })
      expect((await keeper.valid(bed.owner, byRefresh)).expiresAt).toBeNull()
      expect(await row()).toMatchObject({ version: 2, expiresAt: null, refreshExpiresAt: null })
      expect(await refreshToken()).toBe('endless-too')
    })

    it('ahead of the end, for who asks for a longer margin than a use does', async () => {
      const expiresAt = new Date(Date.now() + 3_600_000)
      await put({ refreshToken: await minted(), accessToken: new Secret('good'), expiresAt, scope: null })
      await bed.age(3_600_000 - 540_000)
      expect((await instance().valid(bed.owner, byRefresh)).version).toBe(1)
      expect((await instance().valid(bed.owner, byRefresh, { marginMs: 600_000 })).version).toBe(2)
    })

    it('after a 401, unless tokens are there that are newer than the ones refused', async () => {
      await put({ refreshToken: await minted(), accessToken: new Secret('revoked'), expiresAt: null, scope: null })
      const keeper = instance()
      const used = await keeper.valid(bed.owner, byRefresh)
      expect(used.accessToken.reveal()).toBe('revoked')
      const renewed = await keeper.renew(bed.owner, byRefresh, { reason: 'rejected', unlessNewerThan: used.version })
      expect(
        await keeper.renew(bed.owner, byRefresh, { reason: 'rejected', unlessNewerThan: used.version }),
      ).toMatchObject({
        version: renewed.version,
      })
      expect(
        await instance().renew(bed.owner, byRefresh, { reason: 'rejected', unlessNewerThan: used.version }),
      ).toMatchObject({
        version: 2,
      })
      expect(bed.provider.requests()).toBe(1)
    })

    it('to the end, when its process is to stop meanwhile, and begins nothing more', async () => {
      await putEnded()
      const proceed = holdAnswers()
      const keeper = instance()
      const renewal = keeper.renew(bed.owner, byRefresh, { reason: 'rejected' })
      await reached()
      const stopping = keeper.stop()
      setTimeout(proceed, 100)
      await stopping
      expect(await row()).toMatchObject({ version: 2, leaseUntil: null })
      await expectUsable(await renewal)
      expect(await failureOf(keeper.renew(bed.owner, byRefresh, { reason: 'test' }))).toMatchObject({ code: 'aborted' })
      expect(bed.provider.requests()).toBe(1)
    })

    it('to the end, when it was just being claimed as its process is to stop', async () => {
      await putEnded()
      const { promise, proceed } = held()
      let claiming = () => {}
      const claimed = new Promise<void>((resolve) => {
        claiming = resolve
      })
      const { session } = bed.db._
      const prepareQuery: typeof session.prepareQuery = (query, fields, name, ...more) => {
        const statement = session.prepareQuery(query, fields, name, ...more)
        if (name !== 'take_lease') return statement
        const execute: typeof statement.execute = async (values) => {
          claiming()
          await promise
          return statement.execute(values)
        }
        return Object.create(statement, { execute: { value: execute } })
      }
      const slow = Object.create(session, { prepareQuery: { value: prepareQuery } })
      const keeper = instance({ db: Object.create(bed.db, { session: { value: slow } }) })
      const renewal = keeper.renew(bed.owner, byRefresh, { reason: 'rejected' })
      await claimed
      const stopping = keeper.stop()
      proceed()
      await stopping
      expect(await row()).toMatchObject({ version: 2, leaseUntil: null })
      await expectUsable(await renewal)
    })

    it('not without a refresh token', async () => {
      const error = await failureOf(instance().valid(bed.owner, byRefresh))
      expect(error).toMatchObject({ name: 'OAuthError', code: 'no_refresh_token' })
      expect(bed.provider.requests()).toBe(0)
      expect(await row()).toBeUndefined()
    })

    it('not when there is nothing to renew with any more, and leaves nothing behind', async () => {
      const gone = async () => {
        throw new Error('No such credential')
      }
      await expect(instance().valid(bed.owner, gone)).rejects.toThrow('No such credential')
      expect(await row()).toBeUndefined()
      await putEnded()
      await expect(instance().valid(bed.owner, gone)).rejects.toThrow('No such credential')
      expect(await row()).toMatchObject({ version: 1, leaseUntil: null })
    })

    it('with what is loaded after the claim, and with the refresh token that is there then', async () => {
      await putEnded()
      const late = await minted()
      const load = async () => {
        expect((await row())?.leaseUntil).not.toBeNull()
        return byRefresh()
      }
      await expectUsable(await instance().valid(bed.owner, load))
      // Put by a person between the claim and the reading: the claim is void, and the new token is not spent by it.
      await put({ ...ENDED, refreshToken: await minted() })
      let isFirst = true
      const overtaken = async () => {
        if (isFirst) await put({ ...ENDED, refreshToken: late })
        isFirst = false
        return byRefresh()
      }
      const before = bed.provider.requests()
      await expectUsable(await instance().valid(bed.owner, overtaken))
      expect(bed.provider.requests()).toBe(before + 1)
      expect(bed.provider.answers()).toEqual({ 200: before + 1 })
    })
  })

  describe('renews once', () => {
    it('for twenty that ask two instances at the same time', async () => {
      await putEnded()
      const instances = bed.dbs.map((each) => instance({ db: each }))
      const all = await Promise.all(
        Array.from({ length: 20 }, (__, n) => (instances[n % 2] as TokenKeeper).valid(bed.owner, byRefresh)),
      )
      expect(bed.provider.requests()).toBe(1)
      expect(new Set(all.map(({ accessToken }) => accessToken.reveal())).size).toBe(1)
      await expectUsable(all[0] as KeptTokens)
    })

    it('for twenty instances', async () => {
      await putEnded()
      const all = await Promise.all(
        Array.from({ length: 20 }, (__, n) => instance({ db: bed.dbs[n % 2] }).valid(bed.owner, byRefresh)),
      )
      expect(bed.provider.requests()).toBe(1)
      expect(new Set(all.map(({ version }) => version))).toEqual(new Set([2]))
      await expectUsable(all[0] as KeptTokens)
    })

    it('for a test and a use, whichever comes first', async () => {
      await putEnded()
      const proceed = holdAnswers()
      const test = instance().renew(bed.owner, byRefresh, { reason: 'test' })
      await reached()
      const use = instance({ db: bed.dbs[1] }).valid(bed.owner, byRefresh)
      const again = instance().renew(bed.owner, byRefresh, { reason: 'rejected' })
      setTimeout(proceed, 300)
      const [first, ...others] = await Promise.all([test, use, again])
      for (const other of others) expect(other.version).toBe(first.version)
      expect(bed.provider.requests()).toBe(1)
    })

    it('and not after somebody who was done just before the claim', async () => {
      await putEnded()
      const tokens = { ...ENDED, accessToken: new Secret('theirs'), refreshToken: null, expiresAt: null }
      const load = async () => {
        const { fence = 0 } = (await row()) ?? {}
        const lease = { owner: bed.owner, fence, attemptId: newId('renewalAttempt') }
        const renewed = {
          tokens,
          sentAt: new Date(),
          endpoint: bed.provider.tokenUrl,
          version: 1,
          learnedSeconds: null,
        }
        await storeRenewed(bed.db, vault, lease, renewed)
        return byRefresh()
      }
      const kept = await instance().valid(bed.owner, load)
      expect([kept.accessToken.reveal(), kept.version]).toEqual(['theirs', 2])
      expect(bed.provider.requests()).toBe(0)
      expect(await row()).toMatchObject({ version: 2, leaseUntil: null })
    })

    it('and each owner by itself', async () => {
      const owners = await Promise.all(
        [1, 2, 3].map(async () => ({ ...bed.owner, ownerId: newId('credential') }) satisfies TokenOwner),
      )
      for (const each of owners) await put({ ...ENDED, refreshToken: await minted() }, each)
      const keeper = instance()
      const kept = await Promise.all(owners.map((each) => keeper.valid(each, byRefresh)))
      expect(bed.provider.requests()).toBe(3)
      expect(new Set(kept.map(({ accessToken }) => accessToken.reveal())).size).toBe(3)
    })
  })

  describe('keeps tokens', () => {
    it('though storing them fails twice', async () => {
      await putEnded()
      await failStoring(2)
      const warn = vi.spyOn(log, 'warn').mockReturnValue()
      const kept = await instance().valid(bed.owner, byRefresh)
      expect(warn).toHaveBeenCalledTimes(2)
      expect(warn.mock.calls[0]?.[0]).toMatchObject({ owner: bed.owner.ownerId })
      expect(inspect(warn.mock.calls, { depth: 10 })).not.toContain(kept.accessToken.reveal())
      await expectUsable(kept)
      expect(bed.provider.requests()).toBe(1)
      await expectUsable(await instance().renew(bed.owner, byRefresh, { reason: 'rejected' }))
    })

    itTakesSeconds?.('no longer when storing fails for seconds, and says so', async () => {
      await putEnded()
      await failStoring(100)
      vi.spyOn(log, 'warn').mockReturnValue()
      const said = vi.spyOn(log, 'error').mockReturnValue()
      const started = performance.now()
      const error = await failureOf(instance().valid(bed.owner, byRefresh))
      expect(isOAuthError(error)).toBe(false)
      expect(performance.now() - started).toBeGreaterThan(4_500)
      expect(said).toHaveBeenCalledOnce()
      expect(await row()).toMatchObject({ version: 1, leaseUntil: null, refusedError: null })
    })

    it('though the caller has gone away meanwhile', async () => {
      await putEnded()
      const proceed = holdAnswers()
      const ending = new AbortController()
      const keeper = instance()
      const call = failureOf(keeper.valid(bed.owner, byRefresh, { signal: ending.signal }))
      await reached()
      const other = keeper.valid(bed.owner, byRefresh)
      ending.abort()
      expect(await call).toMatchObject({ name: 'EgressError', code: 'aborted' })
      proceed()
      await expectUsable(await other)
      expect(bed.provider.requests()).toBe(1)
    })

    it('though the caller can’t be told of stages any more', async () => {
      await putEnded()
      const said = vi.spyOn(log, 'warn').mockReturnValue()
      const onStage = () => {
        throw new Error('The page was closed')
      }
      await expectUsable(await instance().renew(bed.owner, byRefresh, { reason: 'rejected', onStage }))
      expect(said).toHaveBeenCalledTimes(3)
    })

    it('as they are, for a caller that has gone away before', async () => {
      await putEnded()
      const call = instance().valid(bed.owner, byRefresh, { signal: AbortSignal.abort() })
      expect(await failureOf(call)).toMatchObject({ name: 'EgressError', code: 'aborted' })
      expect(bed.provider.requests()).toBe(0)
      expect(await row()).toMatchObject({ version: 1, leaseUntil: null })
    })

    it('and tells the stages of the call that got them', async () => {
      await putEnded()
      const stages: string[] = []
      await instance().renew(bed.owner, byRefresh, { reason: 'rejected', onStage: ({ stage }) => stages.push(stage) })
      expect(stages).toEqual(['address', 'connection', 'request'])
    })

    it('in the vault only', async () => {
      await putEnded()
      const { accessToken } = await instance().valid(bed.owner, byRefresh)
      const rows = JSON.stringify([await bed.db.select().from(tokenSets), await bed.db.select().from(vaultItems)])
      expect(rows).not.toContain(accessToken.reveal())
      expect(rows).not.toContain(await refreshToken())
    })
  })
})
