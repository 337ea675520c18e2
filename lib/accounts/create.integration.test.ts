import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { accounts, auditEvents, members, signInFailures, users } from '@/db/schema'
import { forEachDatabase } from '@/test/databases'
import { auditLog, PASSWORD, SOMEWHERE } from '@/test/people'
import { useRuntime } from '@/test/runtime'
import { createAccount, isEmptyInstallation, signUp } from './create'

const input = { account_name: 'Cedar & Murex', name: 'Hanna Barca', email: 'hanna@example.com', password: PASSWORD }
const closed = { mode: 'closed', origin: SOMEWHERE } as const
const open = { mode: 'open', origin: SOMEWHERE } as const

forEachDatabase('making an account', (openDatabase) => {
  let db: Database

  beforeAll(async () => {
    const database = await openDatabase()
    db = database.db
    useRuntime(database)
  })
  beforeEach(async () => {
    await db.delete(accounts)
    await db.delete(users)
    await db.delete(signInFailures)
  })

  it('makes its owner, and puts it on record', async () => {
    expect(await isEmptyInstallation(db)).toBe(true)
    const { accountId, userId } = await signUp(db, input, closed)
    expect(await isEmptyInstallation(db)).toBe(false)
    expect(await db.select().from(members)).toMatchObject([{ accountId, userId, role: 'owner' }])
    expect(await db.select().from(users)).toMatchObject([{ email: 'hanna@example.com', sessionVersion: 1 }])
    expect(await auditLog(db, accountId)).toMatchObject([
      {
        action: 'account.created',
        actorKind: 'user',
        actorId: userId,
        actorName: 'Hanna Barca',
        targetId: accountId,
        address: '203.0.113.7',
        userAgent: 'Browser/1.0',
        requestId: 'req_1',
      },
    ])
  })

  it('keeps the password nowhere but hashed', async () => {
    await signUp(db, input, closed)
    expect((await db.select().from(users))[0]?.passwordHash).toMatch(/^\$argon2id\$/)
    const stored = JSON.stringify([await db.select().from(users), await db.select().from(auditEvents)])
    expect(stored).not.toContain(PASSWORD)
  })

  it('lets exactly one of ten first visitors make the first account', async () => {
    const visitors = Array.from({ length: 10 }, (_, i) =>
      signUp(db, { ...input, email: `visitor${i}@example.com` }, closed),
    )
    const results = await Promise.allSettled(visitors)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'sign_up_closed' })
    }
    expect(await db.$count(accounts)).toBe(1)
    expect(await db.$count(users)).toBe(1)
    expect(await db.$count(members)).toBe(1)
  })

  describe('after the first', () => {
    beforeEach(async () => {
      await createAccount(db, { ...input, email: 'first@example.com' }, { kind: 'operator' })
    })

    it('is refused where sign-up is closed', async () => {
      await expect(signUp(db, input, closed)).rejects.toMatchObject({ code: 'sign_up_closed' })
      expect(await db.$count(accounts)).toBe(1)
    })

    it('is possible where sign-up is open', async () => {
      await signUp(db, input, open)
      expect(await db.$count(accounts)).toBe(2)
    })

    it('is refused with an e-mail address that somebody has, and nothing half-made stays', async () => {
      await expect(signUp(db, { ...input, email: 'first@example.com' }, open)).rejects.toMatchObject({
        code: 'invalid',
        fields: [{ field: 'email' }],
      })
      expect(await db.$count(accounts)).toBe(1)
      expect(await db.$count(users)).toBe(1)
    })

    it('gives one of two people who want the same e-mail address at once the account', async () => {
      const results = await Promise.allSettled([signUp(db, input, open), signUp(db, input, open)])
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect(await db.$count(accounts)).toBe(2)
    })

    it('is limited to ten an hour from one address', async () => {
      const attempt = () => signUp(db, { ...input, email: 'first@example.com' }, open).catch((error) => error.code)
      for (let i = 0; i < 10; i++) expect(await attempt()).toBe('invalid')
      expect(await attempt()).toBe('too_many_attempts')
      await signUp(db, input, { ...open, origin: { ...SOMEWHERE, address: '198.51.100.1' } })
    })
  })

  it('is on record as the operator’s when the operator did it', async () => {
    const { accountId } = await createAccount(db, input, { kind: 'operator' })
    expect(await auditLog(db, accountId)).toMatchObject([
      { actorKind: 'operator', actorName: 'Operator', actorId: null },
    ])
  })
})
