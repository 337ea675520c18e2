import { beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { createTestAccount } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { listAuditEventsOf } from '../audit'
import { changePolicy, getPolicy } from './policy'

forEachDatabase('the policy of an account', (open) => {
  let db: Database
  beforeAll(async () => {
    db = (await open()).db
  })

  it('asks for nothing until the account decides', async () => {
    const { accountId } = await createTestAccount(db)
    expect(await getPolicy(db, accountId)).toEqual({
      keyExpiryRequired: false,
      keyMaxDays: null,
      keyIdleDays: null,
      keyAddresses: null,
      leakResponse: 'revoke',
      secondFactorRequired: false,
      auditKeepDays: null,
    })
  })

  it('changes in what is named, for its own account, with an event that tells before and after', async () => {
    const [actor, stranger] = [await createTestAccount(db), await createTestAccount(db, 'Another shop')]
    await changePolicy(db, actor, { keyMaxDays: 90, keyAddresses: ['203.0.113.0/24'] })
    await changePolicy(db, actor, { secondFactorRequired: true })

    expect(await getPolicy(db, actor.accountId)).toMatchObject({
      keyMaxDays: 90,
      keyAddresses: ['203.0.113.0/24'],
      secondFactorRequired: true,
    })
    expect((await getPolicy(db, stranger.accountId)).keyMaxDays).toBeNull()
    const [, first] = await listAuditEventsOf(db, actor.accountId, actor.accountId, 2)
    expect(first).toMatchObject({
      action: 'account.policy_changed',
      details: {
        before: { keyMaxDays: null, keyAddresses: null },
        after: { keyMaxDays: 90, keyAddresses: ['203.0.113.0/24'] },
      },
    })
  })

  it('that is told what it is already is no change', async () => {
    const actor = await createTestAccount(db)
    await changePolicy(db, actor, { keyExpiryRequired: false, keyAddresses: null })
    expect(await listAuditEventsOf(db, actor.accountId, actor.accountId, 9)).toEqual([])
  })

  it('keeps both of two changes at once', async () => {
    const actor = await createTestAccount(db)
    await Promise.all([changePolicy(db, actor, { keyMaxDays: 30 }), changePolicy(db, actor, { keyIdleDays: 60 })])
    expect(await getPolicy(db, actor.accountId)).toMatchObject({ keyMaxDays: 30, keyIdleDays: 60 })
  })
})
