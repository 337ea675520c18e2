import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { apiKeys, members, outboxEvents, users } from '@/db/schema'
import { createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { auditLog, makeOwner, SOMEWHERE, sessionOf } from '@/test/people'
import { newId } from '../ids'
import { changeRole, handOver, leaveAccount, listMembers, removeMember } from '.'
import { madeBy } from './members'
import type { Role } from './permissions'
import { userActor } from './record-in-each-account'

forEachDatabase('members', (open) => {
  let db: Database
  let accountId: string
  let owner: ReturnType<typeof personIn>
  beforeAll(async () => {
    db = (await open()).db
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
  const add = async (role: Exclude<Role, 'owner'>, account = accountId) => {
    const id = newId('user')
    await db.insert(users).values({ id, email: `${id}@example.com`, name: role, passwordHash: '-' })
    await db.insert(members).values({ accountId: account, userId: id, role })
    return personIn(id, role, account)
  }
  const roleOf = async (id: string) => (await listMembers(db, accountId)).find((member) => member.id === id)?.role
  const isActive = async (id: string) =>
    (await db.select().from(apiKeys).where(eq(apiKeys.id, id)))[0]?.revokedAt === null

  it('get another role, from their next request on, with an event of before and after', async () => {
    const staff = await add('staff')
    await changeRole(db, owner, staff.id, 'manager')
    expect((await sessionOf(db, { userId: staff.id, accountId })).role).toBe('manager')
    expect((await auditLog(db, accountId)).at(-1)).toMatchObject({
      action: 'member.role_changed',
      targetId: staff.id,
      details: { before: { role: 'staff' }, after: { role: 'manager' } },
    })
  })

  it.each<[who: Role, whom: Role, may: boolean]>([
    ['owner', 'admin', true],
    ['owner', 'staff', true],
    ['admin', 'manager', true],
    ['admin', 'staff', true],
    ['admin', 'admin', false],
    ['admin', 'owner', false],
    ['manager', 'staff', true],
    ['manager', 'manager', false],
    ['staff', 'staff', false],
  ])('by rank: of %s and %s', async (who, whom, may) => {
    const asking = who === 'owner' ? owner : await add(who)
    const { id } = whom === 'owner' ? owner : await add(whom)
    const attempts = [() => changeRole(db, asking, id, 'staff'), () => removeMember(db, asking, id, { keys: 'keep' })]
    for (const attempt of attempts) {
      if (may) await attempt()
      else await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' })
    }
    expect(await roleOf(id)).toBe(may ? undefined : whom)
  })

  it('change nothing about themselves, and nobody of another account', async () => {
    const other = await makeOwner(db)
    const stranger = await add('staff', other.accountId)
    await expect(changeRole(db, owner, owner.id, 'staff')).rejects.toMatchObject({ code: 'forbidden' })
    for (const work of [
      () => changeRole(db, owner, stranger.id, 'admin'),
      () => removeMember(db, owner, stranger.id, { keys: 'keep' }),
      () => handOver(db, owner, stranger.id),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  it('who are removed see nothing of it any more; the keys that they made go on, or not, as is wanted', async () => {
    const [keeps, loses] = [await add('admin'), await add('admin')]
    const kept = await createTestKey(db, keeps)
    const lost = await createTestKey(db, loses)
    expect((await madeBy(db, accountId, keeps.id)).keys).toEqual([expect.objectContaining({ id: kept.id })])
    await removeMember(db, owner, keeps.id, { keys: 'keep' })
    await removeMember(db, owner, loses.id, { keys: 'revoke' })
    expect([await isActive(kept.id), await isActive(lost.id)]).toEqual([true, false])
    await expect(sessionOf(db, { userId: keeps.id, accountId })).rejects.toThrow()
    expect((await listMembers(db, accountId)).map(({ id }) => id)).toEqual([owner.id])
    const left = await db.select().from(outboxEvents).where(eq(outboxEvents.subjectId, loses.id))
    expect(left.map(({ kind, data }) => [kind, data.how])).toEqual([['member.left', 'removed']])
    expect((await auditLog(db, accountId)).at(-1)).toMatchObject({
      action: 'member.removed',
      details: { keys: 1, keys_revoked: 1 },
    })
  })

  it('leave by themselves, but the owner', async () => {
    const staff = await add('staff')
    await leaveAccount(db, staff)
    expect(await roleOf(staff.id)).toBeUndefined()
    await expect(leaveAccount(db, owner)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await roleOf(owner.id)).toBe('owner')
  })

  it('get the account handed over by its owner, who is an admin then and may leave', async () => {
    const admin = await add('admin')
    await expect(handOver(db, admin, owner.id)).rejects.toMatchObject({ code: 'forbidden' })
    await handOver(db, owner, admin.id)
    expect([await roleOf(owner.id), await roleOf(admin.id)]).toEqual(['admin', 'owner'])
    await leaveAccount(db, owner)
    expect((await auditLog(db, accountId)).map(({ action }) => action)).toContain('account.handed_over')
  })

  it('who hand over to two at once leave one owner', async () => {
    const [one, two] = [await add('admin'), await add('admin')]
    await Promise.allSettled([handOver(db, owner, one.id), handOver(db, owner, two.id)])
    const roles = (await listMembers(db, accountId)).map(({ role }) => role)
    expect(roles.filter((role) => role === 'owner')).toHaveLength(1)
  })
})
