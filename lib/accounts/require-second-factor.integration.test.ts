import { and, eq } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { members, type roles } from '@/db/schema'
import type { Actor } from '@/lib/audit'
import { addAuthenticator, useVault } from '@/test/authenticator'
import { forEachDatabase } from '@/test/databases'
import { auditLog, makeOwner, SOMEWHERE, sessionOf, tokenOf } from '@/test/people'
import { useRuntime } from '@/test/runtime'
import { userActor } from './record-in-each-account'
import { countSecondFactors, requireSecondFactor } from './require-second-factor'
import { removeAuthenticator } from './second-factor/authenticator'
import { claimsIn, sessionFromToken } from './session'

forEachDatabase('an account that asks for a second factor', (open) => {
  let db: Database
  let owner: Awaited<ReturnType<typeof makeOwner>>
  let guest: Awaited<ReturnType<typeof makeOwner>>
  let actor: Actor

  beforeAll(async () => {
    const database = await open()
    db = database.db
    useRuntime(database)
    useVault()
  })
  beforeEach(async () => {
    owner = await makeOwner(db)
    actor = userActor({ id: owner.userId, name: owner.name }, owner.accountId, SOMEWHERE)
    guest = await makeOwner(db)
    await join('manager')
  })

  async function join(role: (typeof roles)[number]) {
    await db.insert(members).values({ accountId: owner.accountId, userId: guest.userId, role }).onConflictDoNothing()
  }
  const guestHere = () => ({ userId: guest.userId, accountId: owner.accountId })

  it('is one whose owner has one, as has whoever decides it', async () => {
    await expect(requireSecondFactor(db, actor, true)).rejects.toMatchObject({ code: 'forbidden' })
    const admin = userActor({ id: guest.userId, name: guest.name }, owner.accountId, SOMEWHERE)
    await addAuthenticator(db, await sessionOf(db, guest))
    await expect(requireSecondFactor(db, admin, true)).rejects.toThrow(
      'The owner of the account has no second factor yet.',
    )
    await addAuthenticator(db, await sessionOf(db, owner))
    await requireSecondFactor(db, admin, true)
    expect((await auditLog(db, owner.accountId)).at(-1)).toMatchObject({
      action: 'account.policy_changed',
      details: { before: { secondFactorRequired: false }, after: { secondFactorRequired: true } },
    })
  })

  it('bars whoever has none from the next request on, until they have one, and in no other account', async () => {
    const token = await tokenOf(db, guestHere())
    expect((await sessionFromToken(token))?.lacksSecondFactor).toBe(false)
    await addAuthenticator(db, await sessionOf(db, owner))
    await requireSecondFactor(db, actor, true)
    const barred = (await sessionFromToken(token)) ?? expect.fail('There is no session')
    expect(barred.lacksSecondFactor).toBe(true)
    const elsewhere = await sessionFromToken(await tokenOf(db, guest))
    expect(elsewhere?.lacksSecondFactor).toBe(false)
    expect(await claimsIn(db, token, guest.accountId)).toMatchObject({ aid: guest.accountId })
    await addAuthenticator(db, barred)
    expect((await sessionFromToken(token))?.lacksSecondFactor).toBe(false)
    await removeAuthenticator(db, barred, SOMEWHERE)
    expect((await sessionFromToken(token))?.lacksSecondFactor).toBe(true)
    await requireSecondFactor(db, actor, false)
    expect((await sessionFromToken(token))?.lacksSecondFactor).toBe(false)
  })

  it('tells how many people have one', async () => {
    expect(await countSecondFactors(db, owner.accountId)).toEqual({ people: 2, withFactor: 0, ownerHas: false })
    await addAuthenticator(db, await sessionOf(db, owner))
    expect(await countSecondFactors(db, owner.accountId)).toEqual({ people: 2, withFactor: 1, ownerHas: true })
    await addAuthenticator(db, await sessionOf(db, guest))
    await db.delete(members).where(and(eq(members.accountId, owner.accountId), eq(members.userId, owner.userId)))
    expect(await countSecondFactors(db, owner.accountId)).toEqual({ people: 1, withFactor: 1, ownerHas: false })
  })
})
