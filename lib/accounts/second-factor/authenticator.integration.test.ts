import { eq } from 'drizzle-orm'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { authenticators, personalMails, recoveryCodes, signInFailures } from '@/db/schema'
import { addAuthenticator, codeAt, useVault } from '@/test/authenticator'
import { forEachDatabase } from '@/test/databases'
import { auditLog, makeOwner, PASSWORD, SOMEWHERE, sessionOf, signInOnce, tokenOf } from '@/test/people'
import { tokenOf as linkOf, readMails, recordedMails } from '@/test/personal-mails'
import { useRuntime } from '@/test/runtime'
import { changePassword, signOutEverywhere } from '../password-change'
import { requestPasswordReset, resetForgottenPassword } from '../password-reset'
import { describeSecondStep, signInByCode } from '../second-step'
import { findSession, type Session, sessionFromToken } from '../session'
import { signIn } from '../sign-in'
import { signOut } from '../signed-in'
import { confirmAuthenticator, removeAuthenticator, startAuthenticator } from './authenticator'
import { listFactors, makeNewRecoveryCodes, resetSecondFactor } from './factors'

const STEP = 30_000

forEachDatabase('an authenticator app', (open) => {
  let db: Database
  let owner: Awaited<ReturnType<typeof makeOwner>>
  let session: Session
  let start: number

  beforeAll(async () => {
    const database = await open()
    db = database.db
    useRuntime(database)
    useVault()
  })
  beforeEach(async () => {
    await db.delete(signInFailures)
    owner = await makeOwner(db)
    session = await sessionOf(db, owner)
    // In the middle of a step.
    start = Math.floor(Date.now() / STEP) * STEP + STEP / 2
    vi.useFakeTimers({ toFake: ['Date'], now: start })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const later = (ms: number) => vi.setSystemTime(start + ms)
  const code = async (what: Promise<unknown>) =>
    what.then(
      () => 'done',
      (error) => error.code,
    )
  /** The ticket that a right password gives. */
  async function passwordGiven(from = SOMEWHERE): Promise<string> {
    const { ticket } = await signIn(db, { email: owner.email, password: PASSWORD }, from)
    return ticket ?? expect.fail('was asked for no second factor')
  }
  const signInWith = async (given: string, from = SOMEWHERE) => signInByCode(db, await passwordGiven(from), given, from)
  const actions = async () => (await auditLog(db, owner.accountId)).map(({ action }) => action)

  it('counts for nothing until a code of it was given', async () => {
    const { secret, address } = await startAuthenticator(db, session)
    expect(address.reveal()).toMatch(
      new RegExp(
        `^otpauth://totp/Fenicia:${encodeURIComponent(owner.email)}\\?issuer=Fenicia&secret=${secret.reveal()}`,
      ),
    )
    expect((await signIn(db, { email: owner.email, password: PASSWORD }, SOMEWHERE)).signedIn).toBeDefined()
    expect(await code(confirmAuthenticator(db, session, '000000', SOMEWHERE))).toBe('invalid')
    expect((await listFactors(db, owner.userId)).authenticatorSince).toBeNull()
    const { recoveryCodes: codes } = await confirmAuthenticator(db, session, codeAt(secret.reveal()), SOMEWHERE)
    expect(codes).toHaveLength(10)
    expect(new Set(codes).size).toBe(10)
    expect((await listFactors(db, owner.userId)).authenticatorSince).not.toBeNull()
    expect((await actions()).slice(-2)).toEqual(['user.second_factor_added', 'user.recovery_codes_made'])
    expect(await recordedMails(db, owner.email)).toEqual(['second_factor.added'])
  })

  it('is one: a second is refused, and one that was begun with is given up by the next', async () => {
    const first = await startAuthenticator(db, session)
    const second = await startAuthenticator(db, session)
    expect(await code(confirmAuthenticator(db, session, codeAt(first.secret.reveal()), SOMEWHERE))).toBe('invalid')
    await confirmAuthenticator(db, session, codeAt(second.secret.reveal()), SOMEWHERE)
    expect(await code(startAuthenticator(db, session))).toBe('forbidden')
    expect(await code(confirmAuthenticator(db, session, codeAt(second.secret.reveal(), start + STEP), SOMEWHERE))).toBe(
      'step_ended',
    )
  })

  it('ends the sessions that were begun without it, and this one is as good as if it had been', async () => {
    const elsewhere = await tokenOf(db, owner)
    const here = await tokenOf(db, owner)
    const mine = (await sessionFromToken(here)) ?? expect.fail('There is no session')
    await addAuthenticator(db, mine)
    expect(await sessionFromToken(elsewhere)).toBeNull()
    expect(await sessionFromToken(here)).toMatchObject({ method: 'password_code' })
  })

  it('is added and removed, and the password changed, by no session that has ended at that moment', async () => {
    const secret = (await startAuthenticator(db, session)).secret.reveal()
    const other = await sessionOf(db, owner)
    const next = { current_password: PASSWORD, new_password: 'new-purple-ships-10' }
    await signOutEverywhere(db, other, SOMEWHERE)
    expect(await code(confirmAuthenticator(db, session, codeAt(secret), SOMEWHERE))).toBe('not_signed_in')
    expect(await code(changePassword(db, session, next, SOMEWHERE))).toBe('not_signed_in')
    session = await sessionOf(db, owner)
    await addAuthenticator(db, session)
    await signOut(db, { sid: session.id, sub: session.user.id }, SOMEWHERE)
    expect(await code(makeNewRecoveryCodes(db, session, SOMEWHERE))).toBe('not_signed_in')
    expect(await code(removeAuthenticator(db, session, SOMEWHERE))).toBe('not_signed_in')
    expect(await listFactors(db, owner.userId)).toMatchObject({ authenticatorSince: expect.any(Date) })
    expect((await signIn(db, owner, SOMEWHERE)).ticket).toBeDefined()
  })

  it('is kept sealed, and its codes hashed', async () => {
    const { secret, recoveryCodes: codes } = await addAuthenticator(db, session)
    const stored = JSON.stringify([await db.select().from(authenticators), await db.select().from(recoveryCodes)])
    for (const hidden of [secret, ...codes, ...codes.map((each) => each.replaceAll('-', ''))]) {
      expect(stored).not.toContain(hidden)
    }
    const log = JSON.stringify(await auditLog(db, owner.accountId))
    for (const hidden of [secret, ...codes]) expect(log).not.toContain(hidden)
  })

  it('does not open for another person, should its row be copied', async () => {
    const { secret } = await addAuthenticator(db, session)
    const [row] = await db.select().from(authenticators).where(eq(authenticators.userId, owner.userId))
    if (!row) expect.fail('There is no row')
    const other = await makeOwner(db)
    await db.insert(authenticators).values({ ...row, userId: other.userId, lastStep: null })
    const { ticket } = await signIn(db, { email: other.email, password: PASSWORD }, SOMEWHERE)
    await expect(signInByCode(db, ticket, codeAt(secret), SOMEWHERE)).rejects.toMatchObject({ code: 'corrupt' })
  })

  describe('signing in', () => {
    let secret: string
    let codes: string[]
    beforeEach(async () => {
      ;({ secret, recoveryCodes: codes } = await addAuthenticator(db, session))
      later(STEP)
    })

    it('takes the password and a code, and there is no session before', async () => {
      const ticket = await passwordGiven()
      expect(await describeSecondStep(db, ticket)).toEqual({
        hasAuthenticator: true,
        hasPasskey: false,
        recoveryCodesLeft: 10,
      })
      expect(await actions()).not.toContain('user.signed_in')
      const { claims, accountId } = await signInByCode(db, ticket, codeAt(secret), SOMEWHERE)
      expect(accountId).toBe(owner.accountId)
      expect(await findSession(db, claims)).toMatchObject({ method: 'password_code', user: { id: owner.userId } })
      expect((await auditLog(db, owner.accountId)).at(-1)).toMatchObject({
        action: 'user.signed_in',
        details: { method: 'password_code' },
      })
    })

    it('takes a code as it is shown, with a space within', async () => {
      const given = codeAt(secret)
      await signInWith(` ${given.slice(0, 3)} ${given.slice(3)}`)
    })

    it('takes the codes of one step before and after, no further', async () => {
      // The step of the first code was used by adding the app.
      later(10 * STEP)
      expect(await code(signInWith(codeAt(secret, start + 8 * STEP)))).toBe('invalid')
      expect(await code(signInWith(codeAt(secret, start + 12 * STEP)))).toBe('invalid')
      await signInWith(codeAt(secret, start + 9 * STEP))
      await signInWith(codeAt(secret, start + 11 * STEP))
    })

    it('takes each code once, and none from before the last', async () => {
      later(5 * STEP)
      const used = codeAt(secret)
      await signInWith(used)
      expect(await code(signInWith(used))).toBe('invalid')
      expect(await code(signInWith(codeAt(secret, start + 4 * STEP)))).toBe('invalid')
      await signInWith(codeAt(secret, start + 6 * STEP))
    })

    it('of two who give one code at once, lets one in', async () => {
      const tickets = [await passwordGiven(), await passwordGiven()]
      const given = codeAt(secret)
      const outcomes = await Promise.all(tickets.map((ticket) => code(signInByCode(db, ticket, given, SOMEWHERE))))
      expect(outcomes.sort()).toEqual(['done', 'invalid'])
    })

    it('takes a recovery code once, however it is typed, and tells the person', async () => {
      const [first = '', second = ''] = codes
      const { claims, isTold } = await signInWith(first.toUpperCase().replaceAll('-', ' '))
      expect(isTold).toBe(true)
      expect(await findSession(db, claims)).toMatchObject({ method: 'password_recovery_code' })
      expect(await code(signInWith(first))).toBe('invalid')
      expect((await listFactors(db, owner.userId)).recoveryCodesLeft).toBe(9)
      await signInWith(second)
      expect(await actions()).toContain('user.recovery_code_used')
      expect((await recordedMails(db, owner.email)).filter((kind) => kind === 'recovery_code.used')).toHaveLength(2)
    })

    it('of two who give one recovery code at once, lets one in', async () => {
      const tickets = [await passwordGiven(), await passwordGiven()]
      const outcomes = await Promise.all(
        tickets.map((ticket) => code(signInByCode(db, ticket, codes[0] ?? '', SOMEWHERE))),
      )
      expect(outcomes.sort()).toEqual(['done', 'invalid'])
    })

    it('keeps a recovery code that did not lead to a session', async () => {
      const ticket = await passwordGiven()
      await signInByCode(db, ticket, codeAt(secret), SOMEWHERE)
      expect(await code(signInByCode(db, ticket, codes[0] ?? '', SOMEWHERE))).toBe('step_ended')
      expect((await listFactors(db, owner.userId)).recoveryCodesLeft).toBe(10)
    })

    it('takes new recovery codes instead of those before', async () => {
      const fresh = await makeNewRecoveryCodes(db, session, SOMEWHERE)
      expect(fresh).toHaveLength(10)
      expect(await code(signInWith(codes[0] ?? ''))).toBe('invalid')
      await signInWith(fresh[0] ?? '')
    })

    it('takes the second step within five minutes, once, and with nothing that was altered', async () => {
      const ticket = await passwordGiven()
      expect(await code(describeSecondStep(db, undefined))).toBe('step_ended')
      expect(await code(describeSecondStep(db, `${ticket.slice(0, -3)}AAA`))).toBe('step_ended')
      await signInByCode(db, ticket, codeAt(secret), SOMEWHERE)
      later(2 * STEP)
      expect(await code(signInByCode(db, ticket, codeAt(secret), SOMEWHERE))).toBe('step_ended')
      const slow = await passwordGiven()
      later(2 * STEP + 300_000)
      expect(await code(signInByCode(db, slow, codeAt(secret), SOMEWHERE))).toBe('step_ended')
    })

    it('is begun anew when the password was changed after it was given', async () => {
      const ticket = await passwordGiven()
      const next = { current_password: PASSWORD, new_password: 'new-purple-ships-10' }
      await changePassword(db, await sessionOf(db, owner, 'password_code'), next, SOMEWHERE)
      expect(await code(signInByCode(db, ticket, codeAt(secret), SOMEWHERE))).toBe('step_ended')
    })

    it('slows guessing, which is on record, and lets the person in from a browser that is known as theirs', async () => {
      const { device } = await signInWith(codeAt(secret))
      later(3 * STEP)
      for (let i = 0; i < 5; i++) expect(await code(signInWith('000000'))).toBe('invalid')
      expect(await code(signInWith(codeAt(secret)))).toBe('too_many_attempts')
      expect(await code(signInWith(codes[0] ?? ''))).toBe('too_many_attempts')
      await signInWith(codeAt(secret), { ...SOMEWHERE, device })
      const refused = (await auditLog(db, owner.accountId)).filter(({ action }) => action === 'user.sign_in_refused')
      expect(refused.map(({ details }) => details.reason)).toEqual([
        ...Array(5).fill('wrong_code'),
        'too_many_attempts',
      ])
      later(3 * STEP + 900_000)
      await signInWith(codeAt(secret))
    })

    it('slows guessing in browsers that are known for less than a second factor as in any other', async () => {
      const before = await makeOwner(db)
      const { device: early } = await signInOnce(db, before)
      const its = await addAuthenticator(db, await sessionOf(db, before))
      const guess = async (from: typeof SOMEWHERE, given = '000000') => {
        const { ticket } = await signIn(db, before, from)
        return code(signInByCode(db, ticket, given, from))
      }
      for (let i = 0; i < 5; i++) expect(await guess(SOMEWHERE)).toBe('invalid')
      // Of a sign-in from before there was the factor.
      expect(await guess({ ...SOMEWHERE, device: early })).toBe('too_many_attempts')
      // Of a link for a new password: whoever reads the person's mails has as many as they like.
      await db.delete(personalMails)
      await requestPasswordReset(db, before, SOMEWHERE)
      const link = linkOf((await readMails(db, before.email)).at(-1))
      before.password = 'new-purple-ships-10'
      const reset = await resetForgottenPassword(db, { token: link, password: before.password }, SOMEWHERE)
      expect(reset.device).toBeNull()
      later(2 * STEP + 900_000)
      expect(await guess(SOMEWHERE, codeAt(its.secret))).toBe('done')
    })

    it('takes the password alone again once it was removed, and no recovery code is left', async () => {
      await removeAuthenticator(db, session, SOMEWHERE)
      expect((await signIn(db, { email: owner.email, password: PASSWORD }, SOMEWHERE)).signedIn).toBeDefined()
      expect((await listFactors(db, owner.userId)).recoveryCodesLeft).toBe(0)
      expect(await code(makeNewRecoveryCodes(db, session, SOMEWHERE))).toBe('forbidden')
      expect(await code(removeAuthenticator(db, session, SOMEWHERE))).toBe('not_found')
      expect(await actions()).toContain('user.second_factor_removed')
      expect(await recordedMails(db, owner.email)).toContain('second_factor.removed')
    })

    it('takes the password alone after the operator’s reset, which ends all sessions and is told', async () => {
      const token = await tokenOf(db, owner, 'password_code')
      expect(await resetSecondFactor(db, owner.email)).toEqual({ removed: 1 })
      expect(await sessionFromToken(token)).toBeNull()
      expect((await signIn(db, { email: owner.email, password: PASSWORD }, SOMEWHERE)).signedIn).toBeDefined()
      const event = (await auditLog(db, owner.accountId)).find(({ action }) => action === 'user.second_factor_reset')
      expect(event).toMatchObject({ actorKind: 'operator', details: { authenticator: true, passkeys: [] } })
      expect(await recordedMails(db, owner.email)).toContain('second_factor.removed')
      expect(await code(resetSecondFactor(db, 'nobody@example.com'))).toBe('not_found')
    })
  })
})
