import { and, asc, eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { credentials, renewalAttempts, tokenSets } from '@/db/schema'
import { breakOff } from '@/test/faults'
import { ENDED, failureOf, withTokenKeepers } from '@/test/oauth-server'
import { Secret } from '../../vault/secret'
import { claim } from '../lease'
import { sweepDue } from './sweep'

withTokenKeepers('a renewal of which nobody knows what came of it', (bed) => {
  const { instance, put, minted, putEnded, row, answerWith, byRefresh } = bed
  const attempts = () =>
    bed.db
      .select()
      .from(renewalAttempts)
      .where(and(eq(renewalAttempts.accountId, bed.owner.accountId), eq(renewalAttempts.ownerId, bed.owner.ownerId)))
      .orderBy(asc(renewalAttempts.id))
  const renew = () => instance().renew(bed.owner, byRefresh, { reason: 'manual' })
  const fail = () => failureOf(renew())
  const lastDetail = async () => (await attempts()).at(-1)?.detail

  describe('because its answer was lost', () => {
    beforeEach(async () => {
      await putEnded()
      breakOff(bed.provider)
    })

    it('is remembered as that, and tried again', async () => {
      await fail()
      expect(await attempts()).toMatchObject([{ result: 'unknown', status: null, error: expect.any(String) }])
      expect(await row()).toMatchObject({ failures: 1, refusedError: null, leaseUntil: null })
    })

    it('is named when the refresh token is refused afterwards', async () => {
      await fail()
      bed.provider.interfere(null)
      await fail()
      const [lost, refused] = await attempts()
      expect(refused).toMatchObject({ result: 'refused', error: 'invalid_grant' })
      expect(refused?.detail).toContain(`The answer to the renewal of ${lost?.startedAt.toISOString()} was lost`)
      expect(bed.provider.revoked()).toBe(1)
    })

    it('is named, though others failed in between', async () => {
      await fail()
      answerWith(503, {})
      await fail()
      bed.provider.interfere(null)
      await fail()
      expect((await attempts()).map(({ result }) => result)).toEqual(['unknown', 'retrying', 'refused'])
      expect(await lastDetail()).toContain('was lost')
    })

    it('is not named when others succeeded in between', async () => {
      bed.provider.interfere((request) => request.destroy() !== undefined)
      await fail()
      bed.provider.interfere(null)
      await renew()
      answerWith(400, { error: 'invalid_grant' })
      await fail()
      expect((await attempts()).map(({ result }) => result)).toEqual(['unknown', 'renewed', 'refused'])
      expect(await lastDetail()).not.toContain('was lost')
    })

    it('is not named when a person has brought other tokens in between', async () => {
      await fail()
      bed.provider.interfere(null)
      await put({ ...ENDED, refreshToken: new Secret('mistyped') })
      await fail()
      expect(await lastDetail()).not.toContain('was lost')
    })
  })

  it('because it was cut off is named, though others failed in between', async () => {
    await put({ ...ENDED, refreshToken: new Secret('unknown-token') })
    await claim(bed.db, bed.owner, { leaseMs: 1, reason: 'ahead' })
    answerWith(503, {})
    await fail()
    bed.provider.interfere(null)
    await fail()
    expect((await attempts()).map(({ result }) => result)).toEqual(['unknown', 'retrying', 'refused'])
    expect(await lastDetail()).toContain('was cut off')
  })

  it('because its process ended all calls is one as well, unless it had not sent it', async () => {
    await putEnded()
    const proceed = bed.holdAnswers()
    const renewing = fail()
    await bed.reached()
    await bed.egress.close()
    await renewing
    await fail()
    proceed()
    expect((await attempts()).map(({ result, error }) => [result, error])).toEqual([
      ['unknown', 'aborted'],
      ['retrying', 'aborted'],
    ])
    expect(bed.provider.requests()).toBe(1)
  })

  it('is not one whose request was never sent', async () => {
    await put({ ...ENDED, refreshToken: await minted() })
    const { client, ...rest } = await byRefresh()
    const load = async () => ({ ...rest, client: { ...client, tokenUrl: 'http://127.0.0.1:1/token' } })
    await failureOf(instance().renew(bed.owner, load, { reason: 'manual' }))
    expect(await attempts()).toMatchObject([{ result: 'retrying' }])
  })
})

withTokenKeepers('a sweep over what can’t be renewed', (bed) => {
  it('does not try it without a pause', async () => {
    await bed.db.delete(tokenSets)
    await bed.db.insert(credentials).values({
      id: bed.owner.ownerId,
      accountId: bed.owner.accountId,
      name: 'Without a refresh token',
      nameHeld: 'without',
      type: 'oauth2',
      settings: {},
      secretSetAt: {},
      hosts: [],
      createdByKind: 'system',
      createdByName: 'Test',
    })
    await bed.put({ ...ENDED, refreshToken: null })
    let tries = 0
    const load = () => {
      tries += 1
      return bed.byRefresh()
    }
    const keeper = bed.instance()
    await sweepDue({ db: bed.db, renew: (owner) => keeper.renewIfDue(owner, load), forMs: 1_500 })
    expect(tries).toBeGreaterThan(0)
    expect(tries).toBeLessThanOrEqual(3)
  })
})
