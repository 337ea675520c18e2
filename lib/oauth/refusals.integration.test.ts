import { inspect } from 'node:util'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { tokenSets } from '@/db/schema'
import { ENDED, failureOf, withTokenKeepers } from '@/test/oauth-server'
import { Secret } from '../vault/secret'
import { isOAuthError } from './errors'
import { removeTokens } from './stored-tokens'

withTokenKeepers('the keeper of tokens', (bed) => {
  const {
    instance,
    put,
    loadOf,
    minted,
    putEnded,
    row,
    expectUsable,
    answerWith,
    holdAnswers,
    reached,
    byRefresh,
    byClient,
    vault,
  } = bed

  describe('is told', () => {
    it('that the provider is unavailable, which is no verdict', async () => {
      await putEnded()
      answerWith(503, { error: 'invalid_grant' }, { 'retry-after': '7' })
      const error = await failureOf(instance().valid(bed.owner, byRefresh))
      expect(error).toMatchObject({ code: 'unavailable', status: 503, retryAfterMs: 7_000, isPermanent: false })
      expect(await row()).toMatchObject({ version: 1, leaseUntil: null, refusedError: null })
      bed.provider.interfere(null)
      await bed.cool()
      await expectUsable(await instance().valid(bed.owner, byRefresh))
    })

    it('that the provider can’t be reached, which is no verdict either', async () => {
      await putEnded()
      bed.provider.interfere((request) => request.destroy() !== undefined)
      expect(await failureOf(instance().valid(bed.owner, byRefresh))).toMatchObject({ code: 'connection_reset' })
      expect(await row()).toMatchObject({ version: 1, leaseUntil: null, refusedError: null })
    })

    it('that it refuses for good: then it is not asked again until tokens are put anew', async () => {
      await put({ ...ENDED, refreshToken: new Secret('unknown-canary-token') })
      const keeper = instance()
      const first = await failureOf(keeper.valid(bed.owner, byRefresh))
      expect(first).toMatchObject({ code: 'refused', error: 'invalid_grant', status: 400, isPermanent: true })
      expect(await row()).toMatchObject({ version: 1, leaseUntil: null, refusedError: 'invalid_grant' })
      expect((await row())?.refusedAt).not.toBeNull()
      const refusedRow = await row()
      for (const call of [
        () => keeper.valid(bed.owner, byRefresh),
        () => instance().renew(bed.owner, byRefresh, { reason: 'rejected' }),
        () => instance().renew(bed.owner, byRefresh, { reason: 'rejected', unlessNewerThan: 1 }),
      ]) {
        const error = await failureOf(call())
        expect(isOAuthError(error) && error.isPermanent).toBe(true)
        expect(error).toMatchObject({ code: 'refused', error: 'invalid_grant' })
        expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('canary')
      }
      expect(bed.provider.requests()).toBe(1)
      expect(await row()).toEqual(refusedRow)
      await putEnded()
      await expectUsable(await keeper.valid(bed.owner, byRefresh))
    })

    it('that it refuses for good, and asks all the same when a person tests', async () => {
      await put({ ...ENDED, refreshToken: await minted() })
      answerWith(401, { error: 'invalid_client' })
      await failureOf(instance().valid(bed.owner, byRefresh))
      expect(await failureOf(instance().renew(bed.owner, byRefresh, { reason: 'test' }))).toMatchObject({ status: 401 })
      expect(bed.provider.requests()).toBe(2)
      bed.provider.interfere(null)
      await expectUsable(await instance().renew(bed.owner, byRefresh, { reason: 'test' }))
    })

    it('that it has refused somebody else for good just before', async () => {
      await putEnded()
      const set = { refusedError: 'invalid_grant', refusedAt: new Date() }
      const load = async () => {
        await bed.db.update(tokenSets).set(set).where(eq(tokenSets.ownerId, bed.owner.ownerId))
        return byRefresh()
      }
      expect(await failureOf(instance().valid(bed.owner, load))).toMatchObject({ error: 'invalid_grant', status: null })
      expect(bed.provider.requests()).toBe(0)
      expect(await row()).toMatchObject({ ...set, leaseUntil: null })
    })

    it('a refusal for good that two tests at once share', async () => {
      await put({ ...ENDED, refreshToken: new Secret('unknown-token') })
      await failureOf(instance().valid(bed.owner, byRefresh))
      const proceed = holdAnswers()
      const tests = bed.dbs.map((db) => failureOf(instance({ db }).renew(bed.owner, byRefresh, { reason: 'test' })))
      await reached(2)
      // The other one has seen by then what was refused before, also on a busy machine.
      setTimeout(proceed, 1_000)
      for (const error of await Promise.all(tests)) expect(error).toMatchObject({ error: 'invalid_grant' })
      expect(bed.provider.requests()).toBe(2)
    })

    it('a refusal for good that those who wait share', async () => {
      await put({ ...ENDED, refreshToken: new Secret('unknown-token') })
      const results = await Promise.all(
        Array.from({ length: 6 }, (__, n) => failureOf(instance({ db: bed.dbs[n % 2] }).valid(bed.owner, byRefresh))),
      )
      for (const error of results) expect(error).toMatchObject({ code: 'refused', error: 'invalid_grant' })
      expect(bed.provider.requests()).toBe(1)
    })

    it('a refusal, though tokens that are still good may be used to their end', async () => {
      const expiresAt = new Date(Date.now() + 3_600_000)
      await put({ refreshToken: new Secret('unknown-token'), accessToken: new Secret('good'), expiresAt, scope: null })
      await failureOf(instance().renew(bed.owner, byRefresh, { reason: 'rejected' }))
      expect((await instance().valid(bed.owner, byRefresh)).accessToken.reveal()).toBe('good')
    })

    it('a refusal of another kind, which does not stand', async () => {
      await putEnded()
      answerWith(400, { error: 'invalid_scope' })
      expect(await failureOf(instance().valid(bed.owner, byRefresh))).toMatchObject({ error: 'invalid_scope' })
      expect(await row()).toMatchObject({ refusedError: null, leaseUntil: null })
      bed.provider.interfere(null)
      await bed.cool()
      await expectUsable(await instance().valid(bed.owner, byRefresh))
    })

    it('a refusal of client credentials before there were any tokens', async () => {
      const wrong = loadOf('client_credentials', 'wrong-secret')
      expect(await failureOf(instance().valid(bed.owner, wrong))).toMatchObject({ error: 'invalid_client' })
      expect(await failureOf(instance().valid(bed.owner, wrong))).toMatchObject({ error: 'invalid_client' })
      expect(bed.provider.requests()).toBe(1)
      await bed.db.transaction((tx) => removeTokens(tx, vault, bed.owner))
      await expectUsable(await instance().valid(bed.owner, byClient))
    })
  })
})
