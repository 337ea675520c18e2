import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { members, signInFailures, users } from '@/db/schema'
import { forEachDatabase } from '@/test/databases'
import { auditLog, makeOwner, PASSWORD, SOMEWHERE, sessionOf, tokenOf } from '@/test/people'
import { useRuntime } from '@/test/runtime'
import { changePassword, resetPassword, signOutEverywhere } from './password-change'
import { changeName } from './profile'
import { findSession, type Session, sessionFromToken } from './session'
import { signIn } from './sign-in'

const NEXT = 'new-purple-ships-10'

forEachDatabase('looking after one’s account', (open) => {
  let db: Database
  let owner: Awaited<ReturnType<typeof makeOwner>>
  let session: Session
  /** Another browser in which the owner is signed in. */
  let elsewhere: string

  beforeAll(async () => {
    const database = await open()
    db = database.db
    useRuntime(database)
  })
  beforeEach(async () => {
    await db.delete(signInFailures)
    owner = await makeOwner(db)
    session = await sessionOf(db, owner)
    elsewhere = await tokenOf(db, owner)
    expect(await sessionFromToken(elsewhere)).not.toBeNull()
  })

  const canSignIn = (password: string) =>
    signIn(db, { email: owner.email, password }, SOMEWHERE).then(
      () => true,
      () => false,
    )
  const lastEvent = async () => (await auditLog(db, owner.accountId)).at(-1)

  it('a new password replaces the old one and ends every session', async () => {
    await changePassword(db, session, { current_password: PASSWORD, new_password: NEXT }, SOMEWHERE)
    expect(await sessionFromToken(elsewhere)).toBeNull()
    expect(await lastEvent()).toMatchObject({
      action: 'user.password_changed',
      actorId: owner.userId,
      address: '203.0.113.7',
    })
    expect([await canSignIn(PASSWORD), await canSignIn(NEXT)]).toEqual([false, true])
    const [user] = await db.select().from(users).where(eq(users.id, owner.userId))
    expect(user?.passwordChangedAt.getTime()).toBeGreaterThan(user?.createdAt.getTime() ?? 0)
  })

  it('a new password needs the current one, and changes nothing without it', async () => {
    await expect(
      changePassword(db, session, { current_password: 'wrong-wrong-wrong', new_password: NEXT }, SOMEWHERE),
    ).rejects.toMatchObject({ code: 'invalid', fields: [{ field: 'current_password' }] })
    expect(await sessionFromToken(elsewhere)).not.toBeNull()
    expect(await canSignIn(PASSWORD)).toBe(true)
  })

  it('guessing the current password is as slow as guessing at the sign-in page', async () => {
    const guess = (current_password: string) =>
      changePassword(db, session, { current_password, new_password: NEXT }, SOMEWHERE).catch((error) => error.code)
    for (let i = 0; i < 5; i++) expect(await guess('wrong-wrong-wrong')).toBe('invalid')
    expect(await guess(PASSWORD)).toBe('too_many_attempts')
    expect(await canSignIn(PASSWORD)).toBe(false)
  })

  it('a new password is nothing that anybody knows of the person', async () => {
    for (const new_password of [owner.email, 'Cedar & Murex', ' HANNA barca']) {
      await expect(
        changePassword(db, session, { current_password: PASSWORD, new_password }, SOMEWHERE),
      ).rejects.toMatchObject({ fields: [{ field: 'new_password' }] })
    }
  })

  it('signing out everywhere ends every session and leaves the password', async () => {
    await signOutEverywhere(db, session, SOMEWHERE)
    expect(await sessionFromToken(elsewhere)).toBeNull()
    expect(await lastEvent()).toMatchObject({ action: 'user.signed_out_everywhere', actorId: owner.userId })
    expect(await canSignIn(PASSWORD)).toBe(true)
  })

  it('signing out everywhere leaves other people alone', async () => {
    const other = await makeOwner(db)
    const theirs = await tokenOf(db, other)
    await signOutEverywhere(db, session, SOMEWHERE)
    const again = await sessionOf(db, owner)
    await changePassword(db, again, { current_password: PASSWORD, new_password: NEXT }, SOMEWHERE)
    expect(await sessionFromToken(theirs)).not.toBeNull()
    expect(await signIn(db, { email: other.email, password: PASSWORD }, SOMEWHERE)).toMatchObject({
      signedIn: { userId: other.userId },
    })
  })

  it('a new password begins this browser’s session anew, proved by what it was proved by', async () => {
    const proved = await sessionOf(db, owner, 'password_code')
    const claims = await changePassword(db, proved, { current_password: PASSWORD, new_password: NEXT }, SOMEWHERE)
    expect(await findSession(db, claims)).toMatchObject({ user: { id: owner.userId }, method: 'password_code' })
    expect(claims.sid).not.toBe(proved.id)
  })

  it('what happens to a person is on record in each of their accounts', async () => {
    const other = await makeOwner(db)
    await db.insert(members).values({ accountId: other.accountId, userId: owner.userId, role: 'staff' })
    await changeName(db, session, { name: 'Hanna B.' }, SOMEWHERE)
    await changePassword(db, session, { current_password: PASSWORD, new_password: NEXT }, SOMEWHERE)
    const event = { targetId: owner.userId, actorName: 'Hanna Barca' }
    for (const { accountId } of [owner, other]) {
      expect((await auditLog(db, accountId)).slice(-2)).toMatchObject([
        { action: 'user.renamed', ...event },
        { action: 'user.password_changed', ...event },
      ])
    }
  })

  it('the operator sets a new password, which ends every session and every wait', async () => {
    for (let i = 0; i < 6; i++) await canSignIn('wrong-wrong-wrong')
    await resetPassword(db, { email: owner.email, password: NEXT })
    expect(await sessionFromToken(elsewhere)).toBeNull()
    expect(await lastEvent()).toMatchObject({ action: 'user.password_reset', actorKind: 'operator' })
    expect(await canSignIn(NEXT)).toBe(true)
  })

  it('the operator is told when nobody has the e-mail address, or the password is a bad one', async () => {
    await expect(resetPassword(db, { email: 'nobody@example.com', password: NEXT })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(resetPassword(db, { email: owner.email, password: owner.email })).rejects.toMatchObject({
      fields: [{ field: 'password' }],
    })
    expect(await sessionFromToken(elsewhere)).not.toBeNull()
  })

  it('a new name is on record with the one before, once', async () => {
    await changeName(db, session, { name: 'Hanna B.' }, SOMEWHERE)
    expect(await lastEvent()).toMatchObject({
      action: 'user.renamed',
      details: { before: { name: 'Hanna Barca' }, after: { name: 'Hanna B.' } },
    })
    const renamed = await sessionOf(db, owner)
    expect(renamed.user.name).toBe('Hanna B.')
    await changeName(db, renamed, { name: 'Hanna B.' }, SOMEWHERE)
    expect(await auditLog(db, owner.accountId)).toHaveLength(2)
  })
})
