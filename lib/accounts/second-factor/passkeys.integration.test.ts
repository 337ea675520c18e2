import { eq } from 'drizzle-orm'
import { afterEach, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import type { Database } from '@/db/client'
import { passkeys } from '@/db/schema'
import { useVault } from '@/test/authenticator'
import { forEachDatabase } from '@/test/databases'
import { PasskeyDevice } from '@/test/passkey-device'
import { auditLog, makeOwner, PASSWORD, SOMEWHERE, sessionOf, tokenOf } from '@/test/people'
import { readMails, recordedMails } from '@/test/personal-mails'
import { useRuntime } from '@/test/runtime'
import { newId } from '../../ids'
import { log } from '../../log'
import { askToConfirm, confirmByPasskey } from '../confirm'
import { askForSecondPasskey, signInByPasskey, signInBySecondPasskey } from '../second-step'
import { findSession, type Session, sessionFromToken } from '../session'
import { signIn } from '../sign-in'
import { listFactors, resetSecondFactor } from './factors'
import { newPasskeyInput, passkeyAnswer } from './passkey-schemas'
import { addPasskey, removePasskey, startPasskey } from './passkeys'
import { askForPasskey } from './use-passkey'

const URL = 'http://localhost:3000'

forEachDatabase('a passkey', (open) => {
  let db: Database
  let owner: Awaited<ReturnType<typeof makeOwner>>
  let session: Session
  let device: PasskeyDevice

  beforeAll(async () => {
    const database = await open()
    db = database.db
    useRuntime(database, { FENICIA_URL: URL })
    useVault()
  })
  let warn: MockInstance<typeof log.warn>
  beforeEach(async () => {
    warn = vi.spyOn(log, 'warn').mockReturnValue(undefined)
    owner = await makeOwner(db)
    session = await sessionOf(db, owner)
    device = new PasskeyDevice(URL)
  })
  afterEach(() => {
    vi.useRealTimers()
    warn.mockRestore()
  })

  const code = async (what: Promise<unknown>) =>
    what.then(
      () => 'done',
      (error) => error.code,
    )
  type Creation = Parameters<PasskeyDevice['create']>[1]
  type Signing = Parameters<PasskeyDevice['sign']>[1]

  async function add(by = session, behaviour: Creation = {}, name = 'Laptop') {
    const { options, ticket } = await startPasskey(db, by)
    const input = newPasskeyInput.parse({ name, answer: device.create(options, behaviour) })
    return addPasskey(db, by, input, ticket, SOMEWHERE)
  }
  async function alone(behaviour: Signing = {}) {
    const { options, ticket } = await askForPasskey(db, 'passkey_alone', null)
    const answer = passkeyAnswer.parse(device.sign(options, behaviour))
    return signInByPasskey(db, { answer, ticketCookie: ticket }, SOMEWHERE)
  }
  async function second(behaviour: Signing = {}) {
    const { ticket: stepCookie } = await signIn(db, { email: owner.email, password: PASSWORD }, SOMEWHERE)
    const { options, ticket } = await askForSecondPasskey(db, stepCookie)
    const answer = passkeyAnswer.parse(device.sign(options, behaviour))
    return signInBySecondPasskey(db, { stepCookie, ticketCookie: ticket, answer }, SOMEWHERE)
  }
  const refusals = async () =>
    (await auditLog(db, owner.accountId))
      .filter(({ action }) => action === 'user.sign_in_refused')
      .map(({ details }) => (details as { reason: string }).reason)

  it('is added with what is to be known of it, ends other sessions, and brings recovery codes', async () => {
    const elsewhere = await tokenOf(db, owner)
    const { recoveryCodes } = await add()
    expect(recoveryCodes).toHaveLength(10)
    expect((await listFactors(db, owner.userId)).passkeys).toMatchObject([
      { name: 'Laptop', transports: ['internal'], backedUp: false, lastUsedAt: null },
    ])
    expect(await sessionFromToken(elsewhere)).toBeNull()
    expect(await recordedMails(db, owner.email)).toEqual(['second_factor.added'])
    expect((await auditLog(db, owner.accountId)).map(({ action }) => action)).toContain('user.second_factor_added')
    device = new PasskeyDevice(URL)
    expect(await add(session, {}, 'Phone')).toEqual({ recoveryCodes: null })
  })

  it('alone in a browser that is not known is told by mail, with how it was done', async () => {
    await add()
    await alone()
    await second()
    await alone()
    const mails = await readMails(db, owner.email)
    const methods = mails.flatMap(({ kind, data }) => (kind === 'sign_in.new_browser' ? [data.method] : []))
    expect(methods.sort()).toEqual(['passkey', 'password_passkey'])
  })

  it('is one of twenty at most, however many were begun with', async () => {
    await db.insert(passkeys).values(
      Array.from({ length: 19 }, (_, n) => {
        const credentialId = Buffer.from(`${owner.userId} ${n}`).toString('base64url')
        const made = { userId: owner.userId, credentialId, name: 'Many', publicKey: '', counter: 0, transports: [] }
        return { id: newId('passkey'), ...made, backedUp: false }
      }),
    )
    const begun = [await startPasskey(db, session), await startPasskey(db, session)]
    const added = begun.map(({ options, ticket }) => {
      const answer = new PasskeyDevice(URL).create(options)
      return code(addPasskey(db, session, newPasskeyInput.parse({ name: 'One more', answer }), ticket, SOMEWHERE))
    })
    expect((await Promise.all(added)).sort()).toEqual(['done', 'forbidden'])
    expect((await listFactors(db, owner.userId)).passkeys).toHaveLength(20)
  })

  it('is asked to find its person by itself and to know who holds it', async () => {
    const { options } = await startPasskey(db, session)
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'Fenicia' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
  })

  it.each([
    ['of another site', { origin: 'http://evil.example' }],
    ['of another port', { origin: 'http://localhost:4000' }],
    ['that does not know who holds it', { verifiesPerson: false }],
  ] satisfies [string, Creation][])('%s is not added', async (_, behaviour) => {
    expect(await code(add(session, behaviour))).toBe('invalid')
    expect((await listFactors(db, owner.userId)).passkeys).toEqual([])
  })

  it('is added by whoever began, once', async () => {
    const { options, ticket } = await startPasskey(db, session)
    const input = newPasskeyInput.parse({ name: 'Laptop', answer: device.create(options) })
    const other = await sessionOf(db, await makeOwner(db))
    expect(await code(addPasskey(db, other, input, ticket, SOMEWHERE))).toBe('step_ended')
    expect(await code(addPasskey(db, session, input, undefined, SOMEWHERE))).toBe('step_ended')
    await addPasskey(db, session, input, ticket, SOMEWHERE)
    expect(await code(addPasskey(db, session, input, ticket, SOMEWHERE))).toBe('step_ended')
    const again = await startPasskey(db, session)
    expect(again.options.excludeCredentials).toMatchObject([{ id: device.id }])
  })

  describe('signing in', () => {
    beforeEach(async () => {
      await add()
    })

    it('takes it alone, without an e-mail address', async () => {
      const { options } = await askForPasskey(db, 'passkey_alone', null)
      expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
      expect(options.allowCredentials ?? []).toEqual([])
      const { claims, userId } = await alone()
      expect(userId).toBe(owner.userId)
      expect(await findSession(db, claims)).toMatchObject({ method: 'passkey' })
      const [key] = (await listFactors(db, owner.userId)).passkeys
      expect(key?.lastUsedAt).not.toBeNull()
    })

    it('takes it as a second factor after the password, which is not enough', async () => {
      expect((await signIn(db, { email: owner.email, password: PASSWORD }, SOMEWHERE)).signedIn).toBeUndefined()
      const { claims } = await second({ verifiesPerson: false })
      expect(await findSession(db, claims)).toMatchObject({ method: 'password_passkey' })
    })

    it.each([
      ['signed on another site', { origin: 'http://evil.example' }],
      ['held by whoever did not show who they are', { verifiesPerson: false }],
    ] satisfies [string, Signing][])('does not take one %s, which is on record', async (_, behaviour) => {
      expect(await code(alone(behaviour))).toBe('wrong_password')
      expect(await refusals()).toEqual(['passkey_refused'])
    })

    it('does not take a signature by another key', async () => {
      const { options, ticket } = await askForPasskey(db, 'passkey_alone', null)
      const other = new PasskeyDevice(URL)
      other.userHandle = device.userHandle
      const answer = passkeyAnswer.parse({ ...other.sign(options), id: device.id, rawId: device.id })
      expect(await code(signInByPasskey(db, { answer, ticketCookie: ticket }, SOMEWHERE))).toBe('wrong_password')
    })

    it('does not take one that says that it is another person’s', async () => {
      const other = await makeOwner(db)
      device.userHandle = Buffer.from(other.userId).toString('base64url')
      expect(await code(alone())).toBe('wrong_password')
    })

    it('takes a challenge once, of this browser, for this purpose, within five minutes', async () => {
      const { options, ticket } = await askForPasskey(db, 'passkey_alone', null)
      const answer = passkeyAnswer.parse(device.sign(options))
      expect(await code(signInByPasskey(db, { answer, ticketCookie: undefined }, SOMEWHERE))).toBe('step_ended')
      const another = await askForPasskey(db, 'passkey_alone', null)
      expect(await code(signInByPasskey(db, { answer, ticketCookie: another.ticket }, SOMEWHERE))).toBe(
        'wrong_password',
      )
      const toConfirm = await askToConfirm(db, session)
      const confirming = passkeyAnswer.parse(device.sign(toConfirm.options))
      expect(await code(signInByPasskey(db, { answer: confirming, ticketCookie: toConfirm.ticket }, SOMEWHERE))).toBe(
        'step_ended',
      )
      await signInByPasskey(db, { answer, ticketCookie: ticket }, SOMEWHERE)
      expect(await code(signInByPasskey(db, { answer, ticketCookie: ticket }, SOMEWHERE))).not.toBe('done')
      const slow = await askForPasskey(db, 'passkey_alone', null)
      const late = passkeyAnswer.parse(device.sign(slow.options))
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 300_000 })
      expect(await code(signInByPasskey(db, { answer: late, ticketCookie: slow.ticket }, SOMEWHERE))).toBe('step_ended')
    })

    it('takes one answer once, sent twice at the same moment, of a device that counts nothing', async () => {
      const { options, ticket } = await askForPasskey(db, 'passkey_alone', null)
      const answer = passkeyAnswer.parse(device.sign(options, { counter: 0 }))
      const both = [1, 2].map(() => code(signInByPasskey(db, { answer, ticketCookie: ticket }, SOMEWHERE)))
      expect((await Promise.all(both)).sort()).toEqual(['done', 'step_ended'])
    })

    it('does not take one whose counter has not moved on: it may be a copy', async () => {
      await alone({ counter: 10 })
      for (const counter of [10, 9, 0]) expect(await code(alone({ counter })), `${counter}`).toBe('wrong_password')
      expect(await refusals()).toEqual(['passkey_counter', 'passkey_counter', 'passkey_counter'])
      expect(warn).toHaveBeenCalledTimes(3)
      await alone({ counter: 11 })
    })

    it('does not take another person’s as a second factor', async () => {
      const mine = device
      owner = await makeOwner(db)
      session = await sessionOf(db, owner)
      device = new PasskeyDevice(URL)
      await add()
      device = mine
      expect(await code(second())).toBe('wrong_password')
    })

    it('does not take it once it was removed, by its person alone', async () => {
      const [key] = (await listFactors(db, owner.userId)).passkeys
      const other = await sessionOf(db, await makeOwner(db))
      expect(await code(removePasskey(db, other, key?.id ?? '', SOMEWHERE))).toBe('not_found')
      await removePasskey(db, session, key?.id ?? '', SOMEWHERE)
      expect(await code(alone())).toBe('wrong_password')
      expect((await listFactors(db, owner.userId)).recoveryCodesLeft).toBe(0)
      expect(await recordedMails(db, owner.email)).toContain('second_factor.removed')
    })

    it('does not take it after the operator’s reset', async () => {
      expect(await resetSecondFactor(db, owner.email)).toEqual({ removed: 1 })
      expect(await code(alone())).toBe('wrong_password')
      expect(await db.$count(passkeys, eq(passkeys.userId, owner.userId))).toBe(0)
    })

    it('takes it instead of the password where that is asked for again, of this person alone', async () => {
      const { options, ticket } = await askToConfirm(db, session)
      const given = { answer: passkeyAnswer.parse(device.sign(options)), ticketCookie: ticket }
      const other = await sessionOf(db, await makeOwner(db))
      expect(await code(confirmByPasskey(db, other, given, SOMEWHERE))).toBe('step_ended')
      await confirmByPasskey(db, session, given, SOMEWHERE)
      expect((await auditLog(db, owner.accountId)).at(-1)).toMatchObject({
        action: 'user.confirmed',
        details: { by: 'passkey' },
      })
      const unverified = await askToConfirm(db, session)
      const answer = passkeyAnswer.parse(device.sign(unverified.options, { verifiesPerson: false }))
      expect(await code(confirmByPasskey(db, session, { answer, ticketCookie: unverified.ticket }, SOMEWHERE))).toBe(
        'wrong_password',
      )
    })
  })
})
