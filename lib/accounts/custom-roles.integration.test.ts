import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { invitations, members, personalMails, users } from '@/db/schema'
import { forEachDatabase } from '@/test/databases'
import { auditLog, makeOwner, SOMEWHERE, sessionOf } from '@/test/people'
import { useRuntime } from '@/test/runtime'
import { newId } from '../ids'
import { parseInput } from '../input'
import {
  acceptAsUser,
  changeCustomRole,
  changeRole,
  createCustomRole,
  customRoleInput,
  deleteCustomRole,
  findInvitation,
  handOver,
  inviteMember,
  listAccountsOf,
  listCustomRoles,
  listInvitations,
  listMembers,
  removeMember,
  resendInvitation,
} from '.'
import { linkToken } from './links'
import { grantable, type Permission } from './permissions'
import { userActor } from './record-in-each-account'

const KEEP = { keys: 'keep', rest: 'keep', heir: null } as const

forEachDatabase('roles of an account’s own', (open) => {
  let db: Database
  let accountId: string
  let owner: ReturnType<typeof personIn>
  beforeAll(async () => {
    const database = await open()
    db = database.db
    useRuntime(database)
  })
  beforeEach(async () => {
    const made = await makeOwner(db)
    accountId = made.accountId
    owner = personIn(made.userId, made.name)
  })

  const personIn = (id: string, name: string, account = accountId) => ({
    ...userActor({ id, name }, account, SOMEWHERE),
    id,
  })
  const input = (permissions: Permission[], name = 'Bookkeeper') =>
    parseInput(customRoleInput, { name, description: '', permissions })
  const make = (permissions: Permission[], name?: string) => createCustomRole(db, owner, input(permissions, name))
  /** A member who has this role. */
  const add = async (role: string, account = accountId) => {
    const id = newId('user')
    const isCustom = role.startsWith('role_')
    await db.insert(users).values({ id, email: `${id}@example.com`, name: `Of ${role}`, passwordHash: '-' })
    await db.insert(members).values({
      accountId: account,
      userId: id,
      role: isCustom ? 'custom' : (role as 'staff'),
      customRoleId: isCustom ? role : null,
    })
    return personIn(id, `Of ${role}`, account)
  }
  const mayNow = async (id: string) => (await sessionOf(db, { userId: id, accountId })).permissions
  const roleOf = async (id: string) => (await listMembers(db, accountId)).find((member) => member.id === id)
  const forbidden = { code: 'forbidden' }

  it('allow what they name from the next request on, and what they are changed to from the one after it', async () => {
    const role = await make(['audit:read'])
    const staff = await add('staff')
    await changeRole(db, owner, staff.id, role)
    expect(await sessionOf(db, { userId: staff.id, accountId })).toMatchObject({
      role: 'custom',
      customRole: { id: role, name: 'Bookkeeper' },
      permissions: ['audit:read'],
    })
    await changeCustomRole(db, owner, role, input(['keys:read', 'policies:read'], 'Auditor'))
    expect(await mayNow(staff.id)).toEqual(['keys:read', 'policies:read'])
    expect(await roleOf(staff.id)).toMatchObject({ customRole: { name: 'Auditor' } })
    const events = (await auditLog(db, accountId)).filter(({ action }) => /^(role|member\.role)/.test(action))
    expect(events).toMatchObject([
      { action: 'role.created', targetId: role, details: { name: 'Bookkeeper', permissions: ['audit:read'] } },
      { action: 'member.role_changed', details: { before: { role: 'staff' }, after: { role: 'Bookkeeper' } } },
      { action: 'role.changed', details: { before: { permissions: ['audit:read'] }, after: { name: 'Auditor' } } },
    ])
  })

  it('are not changed by whoever saw what they were before somebody else changed them', async () => {
    const role = await make(['audit:read', 'keys:read'])
    const shown = input(['audit:read', 'keys:read'])
    await changeCustomRole(db, owner, role, input(['audit:read']), shown)
    const late = changeCustomRole(db, owner, role, input(['audit:read', 'keys:read'], 'Accountant'), shown)
    await expect(late).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('changed meanwhile') })
    expect(await listCustomRoles(db, accountId)).toMatchObject([{ name: 'Bookkeeper', permissions: ['audit:read'] }])
    await changeCustomRole(db, owner, role, input(['audit:read'], 'Accountant'), input(['audit:read']))
    expect(await listCustomRoles(db, accountId)).toMatchObject([{ name: 'Accountant' }])
  })

  it('have a name of their own in the account, however it is written; another account may have the same', async () => {
    const role = await make(['audit:read'], 'Bookkeeper')
    await expect(make([], 'BOOKKEEPER')).rejects.toMatchObject({ fields: [{ field: 'name' }] })
    const second = await make([], 'Second')
    const rename = changeCustomRole(db, owner, second, input([], 'bookkeeper'))
    await expect(rename).rejects.toMatchObject({ fields: [{ field: 'name' }] })
    await changeCustomRole(db, owner, role, input(['audit:read'], 'BookKeeper'))
    const other = await makeOwner(db)
    await createCustomRole(db, personIn(other.userId, other.name, other.accountId), input([]))
    expect((await listCustomRoles(db, accountId)).map(({ name }) => name)).toEqual(['BookKeeper', 'Second'])
  })

  it.each<[string, unknown]>([
    ['that is none', ['ships:sink']],
    ['that is the owner’s alone', ['account:hand_over']],
    ['that is of no use without another', ['keys:manage']],
  ])('can’t hold a permission %s', (_, permissions) => {
    const parse = () => parseInput(customRoleInput, { name: 'X', description: '', permissions })
    expect(parse).toThrow(expect.objectContaining({ code: 'invalid' }))
  })

  describe('give nobody more than they have who give them', () => {
    const MANAGE: Permission[] = ['members:read', 'members:invite', 'members:manage', 'roles:manage', 'keys:read']

    it('not by a role that they make or change, nor one that allows as much as theirs', async () => {
      const own = await make(MANAGE, 'Team lead')
      const small = await make(['keys:read'], 'Small')
      const big = await make(['audit:read'], 'Big')
      const lead = await add(own)
      await expect(createCustomRole(db, lead, input(['audit:read'], 'New'))).rejects.toMatchObject(forbidden)
      await expect(changeCustomRole(db, lead, small, input(['audit:read'], 'Small'))).rejects.toMatchObject(forbidden)
      await expect(changeCustomRole(db, lead, big, input([], 'Big'))).rejects.toMatchObject(forbidden)
      await expect(deleteCustomRole(db, lead, big, { replacement: null })).rejects.toMatchObject(forbidden)
      await expect(changeCustomRole(db, lead, own, input([], 'Team lead'))).rejects.toMatchObject(forbidden)
      expect((await listCustomRoles(db, accountId)).map(({ permissions }) => permissions.length)).toEqual([1, 1, 5])
      await changeCustomRole(db, lead, small, input(['members:read'], 'Small'))
    })

    it('not by a role that they give or invite to', async () => {
      const lead = await add(await make(MANAGE, 'Team lead'))
      const big = await make(['audit:read'], 'Big')
      const staff = await add('staff')
      for (const role of ['admin', 'manager', big]) {
        await expect(changeRole(db, lead, staff.id, role)).rejects.toMatchObject(forbidden)
        const invite = inviteMember(db, lead, { email: `${newId('user')}@example.com`, role })
        await expect(invite).rejects.toMatchObject(forbidden)
      }
      await inviteMember(db, owner, { email: `${newId('user')}@example.com`, role: 'admin' })
      const [invited] = await listInvitations(db, accountId)
      await expect(resendInvitation(db, lead, invited?.id ?? '')).rejects.toMatchObject(forbidden)
      expect(await mayNow(staff.id)).toEqual([])
      const small = await make(['keys:read'], 'Small')
      await changeRole(db, lead, staff.id, small)
      expect(await mayNow(staff.id)).toEqual(['keys:read'])
    })

    it('and change or remove nobody who may do as much', async () => {
      const own = await make(MANAGE, 'Team lead')
      const [lead, peer, admin] = [await add(own), await add(own), await add('admin')]
      const all = await add(await make([...grantable], 'All'))
      for (const id of [peer.id, admin.id, owner.id, all.id]) {
        await expect(changeRole(db, lead, id, 'staff')).rejects.toMatchObject(forbidden)
        await expect(removeMember(db, lead, id, KEEP)).rejects.toMatchObject(forbidden)
      }
      await expect(removeMember(db, all, admin.id, KEEP)).rejects.toMatchObject(forbidden)
      await expect(handOver(db, all, admin.id)).rejects.toMatchObject(forbidden)
      await removeMember(db, admin, peer.id, KEEP)
    })

    it('by what they may do now, whatever their session said', async () => {
      const lead = await add(await make(MANAGE, 'Team lead'))
      await changeRole(db, owner, lead.id, 'staff')
      await expect(createCustomRole(db, lead, input([], 'New'))).rejects.toMatchObject(forbidden)
      await removeMember(db, owner, lead.id, KEEP)
      await expect(createCustomRole(db, lead, input([], 'New'))).rejects.toMatchObject(forbidden)
    })
  })

  it('can be invited to, and whoever accepts has them', async () => {
    const role = await make(['audit:read'])
    const guest = await makeOwner(db)
    await inviteMember(db, owner, { email: guest.email, role })
    const [mail] = await db.select().from(personalMails).where(eq(personalMails.toAddress, guest.email))
    expect(mail?.data).toMatchObject({ role: 'custom', roleName: 'Bookkeeper' })
    const token = linkToken('invitation', `${mail?.data.linkId}`)
    expect(await findInvitation(db, token)).toMatchObject({
      role: 'custom',
      customRole: { id: role, name: 'Bookkeeper' },
    })
    await acceptAsUser(db, token, await sessionOf(db, guest), SOMEWHERE)
    expect(await mayNow(guest.userId)).toEqual(['audit:read'])
    expect(await listAccountsOf(db, guest.userId)).toMatchObject([
      { role: 'owner' },
      { customRole: { name: 'Bookkeeper' } },
    ])
    const left = (await auditLog(db, accountId)).find(({ action }) => action === 'member.joined')
    expect(left?.details).toMatchObject({ role: 'Bookkeeper' })
  })

  it('are deleted while whoever is invited to them accepts: they get the other', async () => {
    for (let n = 0; n < 8; n++) {
      const role = await make(['audit:read'], `Auditor ${n}`)
      const guest = await makeOwner(db)
      await inviteMember(db, owner, { email: guest.email, role })
      const [mail] = await db.select().from(personalMails).where(eq(personalMails.toAddress, guest.email))
      const session = await sessionOf(db, guest)
      await Promise.all([
        acceptAsUser(db, linkToken('invitation', `${mail?.data.linkId}`), session, SOMEWHERE),
        deleteCustomRole(db, owner, role, { replacement: 'manager' }),
      ])
      expect(await roleOf(guest.userId)).toMatchObject({ role: 'manager' })
    }
  })

  it('are deleted when nobody has them, or when another is named for those who do', async () => {
    const role = await make(['audit:read'])
    const [holder, email] = [await add(role), `${newId('user')}@example.com`]
    await inviteMember(db, owner, { email, role })
    expect(await listCustomRoles(db, accountId)).toMatchObject([{ members: [{ id: holder.id }], invitations: 1 }])
    await expect(deleteCustomRole(db, owner, role, { replacement: null })).rejects.toMatchObject({
      fields: [{ field: 'replacement', message: expect.stringContaining(`${holder.name}, ${email} have this role`) }],
    })
    await expect(deleteCustomRole(db, owner, role, { replacement: role })).rejects.toMatchObject({ code: 'invalid' })
    await deleteCustomRole(db, owner, role, { replacement: 'manager' })
    expect(await roleOf(holder.id)).toMatchObject({ role: 'manager', customRole: null })
    expect(await listInvitations(db, accountId)).toMatchObject([{ role: 'manager', customRole: null }])
    expect((await auditLog(db, accountId)).at(-1)).toMatchObject({
      action: 'role.deleted',
      details: { name: 'Bookkeeper', replacement: 'manager' },
    })
    // One that was asked for once is no hindrance.
    const second = await make([], 'Second')
    await inviteMember(db, owner, { email: `${newId('user')}@example.com`, role: second })
    await db.update(invitations).set({ revokedAt: new Date() }).where(eq(invitations.customRoleId, second))
    await deleteCustomRole(db, owner, second, { replacement: null })
    expect(await listCustomRoles(db, accountId)).toEqual([])
  })

  it.each<[string, Permission[], Permission[] | null, number]>([
    ['are left to who may do as much as before', ['audit:read'], ['audit:read', 'keys:read'], 1],
    ['end of who has a role that allows less from now on', ['audit:read', 'keys:read'], ['audit:read'], 0],
    ['end of who had a role that was deleted, and may do less by the one in its place', ['audit:read'], null, 0],
    ['are left to who may do as much by the one in its place', ['keys:read'], null, 1],
  ])('open invitations %s', async (_, before, after, open) => {
    const inviting: Permission[] = ['members:read', 'members:invite']
    const role = await make([...inviting, ...before])
    const [holder, other] = [await add(role), await add('admin')]
    // As an address of their own would be that nobody else knows of.
    const invite = (by: typeof owner, to: string) =>
      inviteMember(db, by, { email: `${newId('user')}@example.com`, role: to })
    await invite(holder, role)
    await invite(other, role)
    if (after) await changeCustomRole(db, owner, role, input([...inviting, ...after]))
    else await deleteCustomRole(db, owner, role, { replacement: await make([...inviting, 'keys:read'], 'Second') })
    const left = await listInvitations(db, accountId)
    expect(left.filter(({ invitedByName }) => invitedByName === holder.name)).toHaveLength(open)
    expect(left.filter(({ invitedByName }) => invitedByName === other.name)).toHaveLength(1)
    const ended = (await auditLog(db, accountId)).filter(({ action }) => action === 'invitation.revoked')
    expect(ended.map(({ actorId }) => actorId)).toEqual(open ? [] : [owner.id])
  })

  it('of another account are as if they did not exist, and the schema lets nobody have one', async () => {
    const other = await makeOwner(db)
    const them = personIn(other.userId, other.name, other.accountId)
    const theirs = await createCustomRole(db, them, input(['audit:read']))
    const [none, staff] = [newId('customRole'), await add('staff')]
    const answers = async (role: string) => {
      const attempts = [
        () => changeCustomRole(db, owner, role, input([])),
        () => deleteCustomRole(db, owner, role, { replacement: null }),
        () => changeRole(db, owner, staff.id, role),
        () => inviteMember(db, owner, { email: 'nobody@example.com', role }),
      ]
      const results = []
      for (const attempt of attempts) {
        results.push(
          await attempt().then(
            () => null,
            ({ code, message }) => ({ code, message }),
          ),
        )
      }
      return results
    }
    expect(await answers(theirs)).toEqual(await answers(none))
    expect((await answers('role_\0')).slice(0, 2)).toEqual((await answers(none)).slice(0, 2))
    expect((await answers(none)).map((answer) => answer?.code)).toEqual([
      'not_found',
      'not_found',
      'invalid',
      'invalid',
    ])
    const row = { accountId, userId: other.userId, role: 'custom' as const, customRoleId: theirs }
    await expect(db.insert(members).values(row)).rejects.toThrow()
    await expect(db.insert(members).values({ ...row, customRoleId: null })).rejects.toThrow()
    await expect(db.insert(members).values({ ...row, role: 'staff' })).rejects.toThrow()
  })

  it('and members can be changed by several at once, crosswise, without anybody waiting for ever', async () => {
    const lead = await make(['members:read', 'members:manage', 'roles:manage'], 'Team lead')
    const roles = await Promise.all(['A', 'B', 'C'].map((name) => make([], name)))
    const leads = [await add(lead), await add(lead)]
    const staff = await Promise.all(roles.map((role) => add(role)))
    const work = staff.flatMap(({ id }, i) => [
      changeRole(db, leads[i % 2] as typeof owner, id, roles[(i + 1) % 3] as string),
      deleteCustomRole(db, leads[(i + 1) % 2] as typeof owner, roles[i] as string, { replacement: 'staff' }),
      changeRole(db, owner, (leads[i % 2] as typeof owner).id, 'staff'),
    ])
    const failed = (await Promise.allSettled(work)).filter((one) => one.status === 'rejected')
    for (const { reason } of failed as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ code: expect.stringMatching(/^(forbidden|invalid|not_found)$/) })
    }
  })
})
