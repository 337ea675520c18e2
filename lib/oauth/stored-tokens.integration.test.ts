import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ENDED, failureOf, withTokenKeepers } from '@/test/oauth-server'
import { newId } from '../ids'
import { Secret } from '../vault/secret'
import { moveTokens, openTokens, readState, removeTokens, type TokenOwner } from './stored-tokens'

withTokenKeepers('the store of tokens', (bed, driver) => {
  const { instance, put, minted, putEnded, row, refreshToken, expectUsable, holdAnswers, reached, byRefresh, vault } =
    bed

  // The embedded database has the process's own.
  const itHasAnotherClock = driver === 'pglite' ? undefined : it

  itHasAnotherClock?.('writes when tokens were brought by the database’s clock, not the process’s', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      vi.setSystemTime(Date.now() - 300_000)
      await putEnded()
      expect((await readState(bed.db, bed.owner)).now.getTime() - Date.now()).toBeGreaterThan(290_000)
      const { obtainedAt, now } = await readState(bed.db, bed.owner)
      expect(now.getTime() - (obtainedAt?.getTime() ?? 0)).toBeLessThan(10_000)
    } finally {
      vi.useRealTimers()
    }
  })

  describe('moves tokens', () => {
    let draft: TokenOwner
    beforeEach(() => {
      draft = { ...bed.owner, ownerId: newId('credentialDraft') }
    })
    const move = () => bed.db.transaction((tx) => moveTokens(tx, vault, draft, bed.owner))
    const opened = async (whose: TokenOwner) => {
      const { accessToken, refreshToken } = await openTokens(bed.db, vault, whose)
      return [accessToken?.reveal(), refreshToken?.reveal()]
    }

    it('which open at their new place only, and go on there', async () => {
      await put({ ...ENDED, refreshToken: await minted() }, draft)
      const secret = { ...draft, field: 'secret' } as const
      await bed.db.transaction((tx) => vault.put(tx, secret, { client_secret: new Secret('stays') }))
      const tested = await instance().renew(draft, byRefresh, { reason: 'test' })
      const before = await opened(draft)
      await move()
      expect(await opened(bed.owner)).toEqual(before)
      expect(await opened(draft)).toEqual([undefined, undefined])
      expect(await row(draft)).toBeUndefined()
      expect((await vault.open(bed.db, secret))?.client_secret?.reveal()).toBe('stays')
      const kept = await instance().valid(bed.owner, byRefresh)
      expect(kept.accessToken.reveal()).toBe(tested.accessToken.reveal())
      const ends = [kept, tested].map(({ expiresAt }) => expiresAt?.getTime() ?? 0)
      expect(Math.abs((ends[0] as number) - (ends[1] as number))).toBeLessThan(1_000)
      await expectUsable(await instance().renew(bed.owner, byRefresh, { reason: 'rejected' }))
      expect(bed.provider.answers()).toEqual({ 200: 2 })
    })

    it('in place of those before, as newer ones', async () => {
      await put({ ...ENDED, refreshToken: new Secret('old-token') })
      await failureOf(instance().valid(bed.owner, byRefresh))
      await put({ ...ENDED, refreshToken: await minted() }, draft)
      await move()
      expect(await row()).toMatchObject({ version: 2, refusedError: null })
      await expectUsable(await instance().valid(bed.owner, byRefresh))
    })

    it('with the refusal that they have met', async () => {
      await put({ ...ENDED, refreshToken: new Secret('unknown-token') }, draft)
      await failureOf(instance().valid(draft, byRefresh))
      await move()
      expect(await failureOf(instance().valid(bed.owner, byRefresh))).toMatchObject({ error: 'invalid_grant' })
      expect(bed.provider.requests()).toBe(1)
    })

    it('not while they are renewed', async () => {
      await put({ ...ENDED, refreshToken: await minted() }, draft)
      const proceed = holdAnswers()
      const renewing = instance().renew(draft, byRefresh, { reason: 'rejected' })
      await reached()
      expect(await failureOf(move())).toMatchObject({ code: 'busy' })
      proceed()
      await renewing
      await move()
      await expectUsable(await instance().renew(bed.owner, byRefresh, { reason: 'rejected' }))
    })

    it('where there are none', async () => {
      await put({ ...ENDED, refreshToken: new Secret('stays') })
      await move()
      expect(await refreshToken()).toBe('stays')
      expect(await row()).toMatchObject({ version: 1 })
    })
  })

  it('forgets tokens that are removed, and no other secret', async () => {
    const secret = { ...bed.owner, field: 'secret' } as const
    await bed.db.transaction((tx) => vault.put(tx, secret, { client_secret: new Secret('stays') }))
    await putEnded()
    await bed.db.transaction((tx) => removeTokens(tx, vault, bed.owner))
    expect(await openTokens(bed.db, vault, bed.owner)).toEqual({ accessToken: null, refreshToken: null })
    expect(await row()).toBeUndefined()
    expect((await vault.open(bed.db, secret))?.client_secret?.reveal()).toBe('stays')
    await bed.db.transaction((tx) => removeTokens(tx, vault, { ...bed.owner, ownerId: 'cred_none' }))
  })
})
