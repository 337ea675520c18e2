import { eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { deliveries, members, passwordResets, personalMails, signInFailures } from '@/db/schema'
import { forEachDatabase } from '@/test/databases'
import { auditLog, makeOwner, PASSWORD, SOMEWHERE, tokenOf as sessionTokenOf, signInOnce } from '@/test/people'
import { readMails, recordedMails, tokenOf } from '@/test/personal-mails'
import { useRuntime } from '@/test/runtime'
import { getRuntime } from '../runtime'
import { linkToken } from './links'
import { resetPassword } from './password-change'
import { findResetLink, prunePasswordResets, requestPasswordReset, resetForgottenPassword } from './password-reset'
import { sessionFromToken } from './session'
import { signIn } from './sign-in'

const NEXT = 'new-purple-ships-10'
const NOBODY = 'nobody@example.com'

forEachDatabase('a password that was forgotten', (open) => {
  let db: Database
  let owner: Awaited<ReturnType<typeof makeOwner>>

  beforeAll(async () => {
    const database = await open()
    db = database.db
    useRuntime(database)
  })
  beforeEach(async () => {
    await db.delete(signInFailures)
    await db.delete(personalMails)
    owner = await makeOwner(db)
  })

  const ask = (email = owner.email, from = SOMEWHERE) => requestPasswordReset(db, { email }, from)
  const mails = () => readMails(db, owner.email)
  /** The link of a mail that was asked for. */
  async function link(): Promise<string> {
    await ask()
    return tokenOf((await mails())[0])
  }
  const set = (token: string, password = NEXT, from = SOMEWHERE) =>
    resetForgottenPassword(db, { token, password }, from)
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => expect.fail('was not refused'),
      ({ code, message }) => ({ code, message }),
    )
  const canSignIn = (password: string) =>
    signIn(db, { email: owner.email, password }, SOMEWHERE).then(
      () => true,
      () => false,
    )

  it('is replaced by the link of a mail, which says who asked and until when it is good', async () => {
    await ask()
    const [mail] = await mails()
    expect(mail).toMatchObject({
      kind: 'password.reset_requested',
      to: { name: owner.name, address: owner.email, language: 'en' },
      data: { address: '203.0.113.7', browser: null },
    })
    expect(mail?.link).toMatch(/^https:\/\/fenicia\.test\/reset-password#[\w-]{43}$/)
    const minutes =
      (Date.parse(`${mail?.data && 'expiresAt' in mail.data ? mail.data.expiresAt : ''}`) - Date.now()) / 60_000
    expect(minutes).toBeGreaterThan(29)
    expect(minutes).toBeLessThanOrEqual(30)
    expect(await findResetLink(db, tokenOf(mail))).toEqual({ email: owner.email })
    await set(tokenOf(mail))
    expect([await canSignIn(PASSWORD), await canSignIn(NEXT)]).toEqual([false, true])
  })

  it('signs its person out everywhere, is on record, and is told by another mail', async () => {
    const other = await makeOwner(db)
    await db.insert(members).values({ accountId: other.accountId, userId: owner.userId, role: 'staff' })
    const elsewhere = await sessionTokenOf(db, owner)
    const token = await link()
    expect(await sessionFromToken(elsewhere)).not.toBeNull()
    await set(token)
    expect(await sessionFromToken(elsewhere)).toBeNull()
    for (const accountId of [owner.accountId, other.accountId]) {
      expect((await auditLog(db, accountId)).slice(1)).toMatchObject([
        {
          action: 'user.password_reset_requested',
          actorKind: 'system',
          targetId: owner.userId,
          address: '203.0.113.7',
        },
        { action: 'user.password_reset', actorKind: 'user', actorId: owner.userId, address: '203.0.113.7' },
      ])
    }
    expect(await mails()).toMatchObject([
      { kind: 'password.changed', data: { how: 'reset', address: '203.0.113.7' }, link: null },
    ])
  })

  it('of a person whom guessing has locked out lets them in at once', async () => {
    for (let attempt = 0; attempt < 6; attempt++) await canSignIn('wrong-wrong-wrong')
    await set(await link())
    expect(await canSignIn(NEXT)).toBe(true)
  })

  it('makes the browser that it was replaced with known, and no other', async () => {
    const { device: old } = await signInOnce(db, { email: owner.email, password: PASSWORD })
    const device = (await set(await link())).device ?? expect.fail('is not known')
    const before = await recordedMails(db, owner.email)
    await signIn(db, { email: owner.email, password: NEXT }, { ...SOMEWHERE, device })
    expect(await recordedMails(db, owner.email)).toEqual(before)
    await signIn(db, { email: owner.email, password: NEXT }, { ...SOMEWHERE, device: old })
    expect(await recordedMails(db, owner.email)).toEqual([...before, 'sign_in.new_browser'])
  })

  describe('the form', () => {
    it('says and does for an e-mail address that nobody has what it does for all, in the same time', async () => {
      const times: number[] = []
      for (const email of [owner.email, NOBODY]) {
        const began = performance.now()
        expect(await ask(email)).toBeUndefined()
        times.push(performance.now() - began)
      }
      for (const ms of times) expect(ms).toBeGreaterThan(290)
      expect(await recordedMails(db, NOBODY)).toEqual([])
    })

    it('sends three links in a quarter of an hour, then says how long to wait, whoever has the address', async () => {
      const refused = []
      for (const email of [owner.email, NOBODY]) {
        for (let time = 0; time < 3; time++) await ask(email, { ...SOMEWHERE, address: `198.51.100.${time}` })
        refused.push(await refusal(ask(email)))
      }
      expect(refused[0]).toEqual({ code: 'too_many_attempts', message: 'Too many attempts. Try again in 15 minutes.' })
      expect(refused[1]).toEqual(refused[0])
      expect(await recordedMails(db, owner.email)).toHaveLength(3)
    })

    it('is answered twenty times an hour to one address', async () => {
      const far = Array.from({ length: 20 }, (_, at) => ask(`guess${at}@example.com`))
      await Promise.all(far)
      expect(await refusal(ask())).toMatchObject({ code: 'too_many_attempts' })
      await ask(owner.email, { ...SOMEWHERE, address: '198.51.100.1' })
    })
  })

  describe('a link', () => {
    it('is good once', async () => {
      const token = await link()
      await set(token)
      const words = 'This link was used already, or the password was changed since it was sent.'
      expect(await refusal(set(token, 'other-purple-ships-11'))).toEqual({ code: 'link_ended', message: words })
      expect(await refusal(findResetLink(db, token))).toEqual({ code: 'link_ended', message: words })
      expect(await canSignIn(NEXT)).toBe(true)
    })

    it('is good once for two who use it at the same moment', async () => {
      const token = await link()
      const results = await Promise.allSettled([set(token, 'one-purple-ship-11'), set(token, 'two-purple-ships-12')])
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect((await recordedMails(db, owner.email)).filter((kind) => kind === 'password.changed')).toHaveLength(1)
    })

    it('ends when another one, or the operator, has set a password', async () => {
      const first = await link()
      const second = await link()
      await set(second)
      expect(await refusal(set(first))).toMatchObject({ code: 'link_ended' })
      const third = await link()
      await resetPassword(db, { email: owner.email, password: NEXT })
      expect(await refusal(set(third))).toMatchObject({ code: 'link_ended' })
    })

    it('ends after 30 minutes, and its mail is not sent any more', async () => {
      const token = await link()
      await ask()
      await db.update(passwordResets).set({ expiresAt: sql`expires_at - interval '30 minutes'` })
      expect(await refusal(set(token))).toEqual({ code: 'link_ended', message: 'This link is over 30 minutes old.' })
      expect(await mails()).toEqual([])
      const states = await db.select({ state: deliveries.state }).from(deliveries).orderBy(deliveries.id)
      expect(states.map(({ state }) => state)).toEqual(['sent', 'dropped'])
    })

    it('that is cut off, made up, or made of what the database knows is none', async () => {
      const token = await link()
      const [row] = await db.select().from(passwordResets).where(eq(passwordResets.userId, owner.userId))
      const id = row?.id as string
      for (const forged of [
        '',
        token.slice(1),
        `${token}x`,
        id,
        row?.linkHash as string,
        linkToken('invitation', id),
      ]) {
        expect(await refusal(set(forged)), forged).toMatchObject({ code: 'link_ended' })
      }
      expect(await canSignIn(PASSWORD)).toBe(true)
    })

    it('is stored nowhere: the database has its hash', async () => {
      await ask()
      const [waiting] = await db.select().from(passwordResets).where(eq(passwordResets.userId, owner.userId))
      const token = linkToken('password_reset', waiting?.id as string)
      const stored = await Promise.all([
        db.select().from(passwordResets),
        db.select().from(personalMails),
        db.select().from(deliveries),
        auditLog(db, owner.accountId),
      ])
      expect(JSON.stringify(stored)).not.toContain(token)
      expect(tokenOf((await mails())[0])).toBe(token)
    })

    it('of a server whose secret was replaced meanwhile is not sent', async () => {
      await ask()
      const runtime = getRuntime()
      const { authSecret } = runtime
      runtime.authSecret = `other-${authSecret}`
      try {
        expect(await mails()).toEqual([])
      } finally {
        runtime.authSecret = authSecret
      }
    })

    it('sets no password that anybody knows of the person, and stays good', async () => {
      const token = await link()
      await expect(set(token, owner.email)).rejects.toMatchObject({ code: 'invalid', fields: [{ field: 'password' }] })
      await set(token)
    })

    it('is forgotten a week after its end, and not before', async () => {
      await ask()
      await db.update(passwordResets).set({ expiresAt: sql`now() - interval '6 days'` })
      await prunePasswordResets(db)
      expect(await db.$count(passwordResets)).toBeGreaterThan(0)
      await db.update(passwordResets).set({ expiresAt: sql`now() - interval '8 days'` })
      await prunePasswordResets(db)
      expect(await db.$count(passwordResets)).toBe(0)
    })
  })
})
