import { setTimeout as sleep } from 'node:timers/promises'
import { and, eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { invitations, members, passkeys, personalMails, signInFailures, users } from '@/db/schema'
import { forEachDatabase } from '@/test/databases'
import { auditLog, claimsOf, makeOwner, PASSWORD, SOMEWHERE, sessionOf, signInOnce } from '@/test/people'
import { readMails, recordedMails, tokenOf } from '@/test/personal-mails'
import { useRuntime } from '@/test/runtime'
import { newId } from '../ids'
import { acceptAsNewUser, acceptAsUser } from './accept-invitation'
import {
  findInvitation,
  inviteMember,
  listInvitations,
  listMembers,
  pruneInvitations,
  resendInvitation,
  revokeInvitation,
} from './invitations'
import { lockRoles } from './lock-members'
import { leaveAccount } from './members'
import { listAccountsOf } from './profile'
import { claimsIn } from './session'
import { encodeSession } from './session-claims'
import { signIn } from './sign-in'

const { device: _, ...HERE } = SOMEWHERE
let people = 0

forEachDatabase('an invitation', (open) => {
  let db: Database
  let owner: Awaited<ReturnType<typeof makeOwner>>
  let email: string

  beforeAll(async () => {
    const database = await open()
    db = database.db
    useRuntime(database)
  })
  beforeEach(async () => {
    await db.delete(signInFailures)
    await db.delete(personalMails)
    owner = await makeOwner(db)
    email = `new${++people}@example.com`
  })

  const inviter = (of = owner) => ({
    kind: 'user' as const,
    id: of.userId,
    name: of.name,
    accountId: of.accountId,
    ...HERE,
  })
  const invite = (role: 'admin' | 'manager' | 'staff' = 'manager', to = email) =>
    inviteMember(db, inviter(), { email: to, role })
  const link = async (to = email) => tokenOf((await readMails(db, to)).at(-1))
  const open_ = () => listInvitations(db, owner.accountId)
  const accept = (token: string, name = 'Abdi Melqart') =>
    acceptAsNewUser(db, { token, name, password: PASSWORD }, HERE)
  const actions = async () => (await auditLog(db, owner.accountId)).slice(1).map(({ action }) => action)
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => expect.fail('was not refused'),
      ({ code, message }) => ({ code, message }),
    )

  it('goes to whoever is invited, in the language of whoever invites, and says as what', async () => {
    await db.update(users).set({ language: 'es' }).where(eq(users.id, owner.userId))
    await invite('admin')
    const [mail] = await readMails(db, email)
    expect(mail).toMatchObject({
      kind: 'invitation.sent',
      account: owner.account_name,
      to: { name: null, address: email, language: 'es' },
      data: { role: 'admin', by: owner.name },
    })
    expect(mail?.link).toMatch(/^https:\/\/fenicia\.test\/invitation#[\w-]{43}$/)
    expect(await open_()).toMatchObject([{ email, role: 'admin', invitedByName: owner.name, hasExpired: false }])
  })

  it('goes in their own language to whoever has chosen one here, whoever invites', async () => {
    const other = await makeOwner(db)
    await db.update(users).set({ language: 'es' }).where(eq(users.id, other.userId))
    await invite('staff', other.email)
    const to = { name: other.name, language: 'es' }
    expect(await readMails(db, other.email)).toMatchObject([{ kind: 'invitation.sent', to }])
    await resendInvitation(db, inviter(), (await open_())[0]?.id ?? '')
    expect(await readMails(db, other.email)).toMatchObject([{ kind: 'invitation.sent', to }])
  })

  it('goes to nobody who becomes a member at this moment', async () => {
    const { accountId } = owner
    const id = newId('user')
    await db.insert(users).values({ id, email, name: 'Abdi Melqart', passwordHash: '-' })
    let inviting = Promise.resolve()
    await db.transaction(async (tx) => {
      // As whoever accepts does.
      await lockRoles(tx, accountId)
      inviting = invite('admin')
      inviting.catch(() => undefined)
      // Until it waits for the lock, or, where the database has one connection, for the transaction.
      await sleep(300)
      await tx.insert(members).values({ accountId, userId: id, role: 'staff' })
    })
    await expect(inviting).rejects.toMatchObject({ code: 'invalid', fields: [{ field: 'email' }] })
    expect([await open_(), await readMails(db, email)]).toEqual([[], []])
  })

  it('makes a user and a member of them, once, and it is on record', async () => {
    await invite()
    const token = await link()
    expect(await findInvitation(db, token)).toMatchObject({ email, role: 'manager', user: null })
    expect(await accept(token)).toEqual({ email })
    const { userId, accountId } = await signInOnce(db, { email, password: PASSWORD })
    expect(accountId).toBe(owner.accountId)
    expect(await listMembers(db, owner.accountId)).toMatchObject([
      { id: owner.userId, role: 'owner' },
      { id: userId, name: 'Abdi Melqart', email, role: 'manager' },
    ])
    expect(await open_()).toEqual([])
    expect((await auditLog(db, owner.accountId)).slice(1, 4)).toMatchObject([
      { action: 'invitation.created', actorId: owner.userId, details: { email, role: 'manager' } },
      { action: 'invitation.accepted', actorId: userId, address: '203.0.113.7' },
      { action: 'member.joined', actorId: userId, targetId: userId, details: { role: 'manager' } },
    ])
    expect(await refusal(accept(token))).toMatchObject({
      code: 'link_ended',
      message: 'This invitation was accepted already. Sign in.',
    })
  })

  it('that two accept at the same moment makes one member', async () => {
    await invite()
    const token = await link()
    const results = await Promise.allSettled([accept(token, 'One'), accept(token, 'Two')])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await listMembers(db, owner.accountId)).toHaveLength(2)
  })

  it('is refused for a member, and for whoever has one', async () => {
    await expect(invite('staff', owner.email)).rejects.toMatchObject({ fields: [{ field: 'email' }] })
    await invite()
    await expect(invite('admin')).rejects.toMatchObject({ fields: [{ field: 'email' }] })
    expect(await recordedMails(db, email)).toHaveLength(1)
    expect(await open_()).toMatchObject([{ role: 'manager' }])
  })

  it('is sent, sent again and taken back by whoever may invite now, whatever their session said', async () => {
    await invite('staff')
    const [{ id = '' } = {}] = await open_()
    const inThis = and(eq(members.accountId, owner.accountId), eq(members.userId, owner.userId))
    await db.update(members).set({ role: 'manager' }).where(inThis)
    for (const attempt of [
      () => invite('staff', `other-${email}`),
      () => resendInvitation(db, inviter(), id),
      () => revokeInvitation(db, inviter(), id),
    ]) {
      expect(await refusal(attempt())).toMatchObject({ code: 'forbidden' })
    }
    expect(await open_()).toMatchObject([{ email }])
  })

  it('fifty times an hour is enough for an account', async () => {
    for (let count = 0; count < 50; count++) await invite('staff', `guest${count}-${email}`)
    expect(await refusal(invite())).toMatchObject({ code: 'too_many_attempts' })
    await inviteMember(db, inviter(await makeOwner(db)), { email, role: 'staff' })
  })

  describe('a link', () => {
    it('is replaced when it is sent again', async () => {
      await invite()
      const first = await link()
      const [{ id = '' } = {}] = await open_()
      await resendInvitation(db, inviter(), id)
      const second = await link()
      expect(second).not.toBe(first)
      expect(await refusal(accept(first))).toMatchObject({ code: 'link_ended' })
      await accept(second)
      expect((await actions()).slice(0, 2)).toEqual(['invitation.created', 'invitation.resent'])
    })

    it('whose mail has not left when it is sent again leaves once', async () => {
      await invite()
      const [{ id = '' } = {}] = await open_()
      await resendInvitation(db, inviter(), id)
      expect(await readMails(db, email)).toHaveLength(1)
    })

    it('ends when it is revoked, and its mail is not sent any more', async () => {
      await invite()
      const token = await link()
      const [{ id = '' } = {}] = await open_()
      await revokeInvitation(db, inviter(), id)
      expect(await refusal(accept(token))).toEqual({
        code: 'link_ended',
        message: `This invitation was taken back. Ask ${owner.name} for another one.`,
      })
      expect(await actions()).toEqual(['invitation.created', 'invitation.revoked'])
      for (const ended of [id, 'inv_\0']) {
        expect(await refusal(revokeInvitation(db, inviter(), ended))).toMatchObject({ code: 'not_found' })
        expect(await refusal(resendInvitation(db, inviter(), ended))).toMatchObject({ code: 'not_found' })
      }
      await invite('staff')
      const [{ id: next = '' } = {}] = await open_()
      await revokeInvitation(db, inviter(), next)
      expect(await readMails(db, email)).toEqual([])
    })

    it('ends after 7 days; then they can be invited again', async () => {
      await invite()
      const token = await link()
      await db.update(invitations).set({ expiresAt: sql`expires_at - interval '7 days'` })
      expect(await refusal(accept(token))).toMatchObject({
        code: 'link_ended',
        message: `This invitation is over 7 days old. Ask ${owner.name} for another one.`,
      })
      expect(await open_()).toMatchObject([{ hasExpired: true }])
      await invite('staff')
      expect(await open_()).toMatchObject([{ role: 'staff', hasExpired: false }])
      await accept(await link())
    })

    it('that is made up is none', async () => {
      await invite()
      const [row] = await db.select().from(invitations).where(eq(invitations.email, email))
      for (const forged of ['', row?.linkId as string, row?.linkHash as string]) {
        expect(await refusal(accept(forged)), forged).toMatchObject({ code: 'link_ended' })
      }
    })
  })

  describe('for somebody who has a user', () => {
    it('is accepted by them alone, who are then in both accounts', async () => {
      const guest = await makeOwner(db, { account_name: 'Tyre Trade', name: 'Elissa' })
      await invite('manager', guest.email)
      const [mail] = await readMails(db, guest.email)
      expect(mail?.to.name).toBe('Elissa')
      const token = tokenOf(mail)
      expect((await findInvitation(db, token)).user).toEqual({ id: guest.userId, name: 'Elissa' })
      expect(await refusal(accept(token))).toMatchObject({ code: 'forbidden' })
      const stranger = await sessionOf(db, await makeOwner(db))
      expect(await refusal(acceptAsUser(db, token, stranger, HERE))).toMatchObject({ code: 'forbidden' })

      const session = await sessionOf(db, guest)
      expect(await acceptAsUser(db, token, session, HERE)).toEqual({ accountId: owner.accountId })
      expect(await listAccountsOf(db, guest.userId)).toMatchObject([
        { id: guest.accountId, name: 'Tyre Trade', role: 'owner' },
        { id: owner.accountId, name: owner.account_name, role: 'manager' },
      ])
      const [user] = await db.select().from(users).where(eq(users.id, guest.userId))
      expect(user?.name).toBe('Elissa')
    })

    it('lets their session go on in the other account, and in none that is not theirs', async () => {
      const guest = await makeOwner(db)
      await db.insert(members).values({ accountId: owner.accountId, userId: guest.userId, role: 'staff' })
      const claims = await claimsOf(db, guest)
      const token = await encodeSession(claims)
      expect(await claimsIn(db, token, owner.accountId)).toEqual({ ...claims, aid: owner.accountId })
      const other = await makeOwner(db)
      expect(await refusal(claimsIn(db, token, other.accountId))).toMatchObject({ code: 'not_found' })
      expect(await refusal(claimsIn(db, undefined, owner.accountId))).toMatchObject({ code: 'not_found' })
    })
  })

  describe('for somebody who was a member and is of no account any more', () => {
    const NEXT = 'new-purple-ships-10'
    const rejoin = async (token: string) => acceptAsNewUser(db, { token, name: 'Abdi again', password: NEXT }, HERE)
    /** Somebody who joined and left, and is invited again. */
    async function leftAndInvited(): Promise<{ userId: string; token: string }> {
      await invite()
      await accept(await link())
      const { userId } = await signInOnce(db, { email, password: PASSWORD })
      await leaveAccount(db, { ...inviter(), id: userId, name: 'Abdi Melqart' })
      await invite('staff')
      return { userId, token: await link() }
    }

    it('lets them come back by the link of the mail and a password chosen anew, as the same person', async () => {
      const { userId, token } = await leftAndInvited()
      expect((await findInvitation(db, token)).user).toBeNull()
      await rejoin(token)
      expect(await signInOnce(db, { email, password: NEXT })).toMatchObject({ userId, accountId: owner.accountId })
      await expect(signInOnce(db, { email, password: PASSWORD })).rejects.toMatchObject({ code: 'wrong_password' })
      expect(await listMembers(db, owner.accountId)).toMatchObject([
        { role: 'owner' },
        { id: userId, name: 'Abdi again', role: 'staff' },
      ])
      const again = (await actions()).slice(-6)
      expect(again).toEqual([
        'invitation.created',
        'invitation.accepted',
        'member.joined',
        'user.password_reset',
        'user.signed_in',
        'user.sign_in_refused',
      ])
    })

    it('leaves them their second factor', async () => {
      const { userId, token } = await leftAndInvited()
      const factor = { credentialId: `id ${userId}`, publicKey: '-', counter: 0, transports: [], backedUp: false }
      await db.insert(passkeys).values({ id: newId('passkey'), userId, name: 'Phone', ...factor })
      await rejoin(token)
      expect((await signIn(db, { email, password: NEXT }, SOMEWHERE)).signedIn).toBeUndefined()
    })

    it('sets no password of somebody who has joined another account meanwhile', async () => {
      const { userId, token } = await leftAndInvited()
      const other = await makeOwner(db)
      await db.insert(members).values({ accountId: other.accountId, userId, role: 'staff' })
      expect(await refusal(rejoin(token))).toMatchObject({ code: 'forbidden' })
      expect(await signInOnce(db, { email, password: PASSWORD })).toMatchObject({ accountId: other.accountId })
    })
  })

  it('of another account is not there to be sent again or revoked', async () => {
    await invite()
    const [{ id = '' } = {}] = await open_()
    const stranger = inviter(await makeOwner(db))
    expect(await listInvitations(db, stranger.accountId)).toEqual([])
    expect(await refusal(resendInvitation(db, stranger, id))).toMatchObject({ code: 'not_found' })
    expect(await refusal(revokeInvitation(db, stranger, id))).toMatchObject({ code: 'not_found' })
    expect(await open_()).toHaveLength(1)
  })

  it('is forgotten three months after its end', async () => {
    await invite()
    await db.update(invitations).set({ expiresAt: sql`now() - interval '89 days'` })
    await pruneInvitations(db)
    expect(await open_()).toHaveLength(1)
    await db.update(invitations).set({ expiresAt: sql`now() - interval '91 days'` })
    await pruneInvitations(db)
    expect(await open_()).toEqual([])
  })
})
