import { eq } from 'drizzle-orm'
import { beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { accounts } from '@/db/schema'
import { createTestAccount } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { listAuditEventsOf } from '../audit'
import { renameAccount } from './profile'
import { anotherAccountInput } from './schemas'

forEachDatabase('the name of an account', (open) => {
  let db: Database
  beforeAll(async () => {
    db = (await open()).db
  })
  const nameOf = async (id: string) => (await db.select().from(accounts).where(eq(accounts.id, id)))[0]?.name

  it('is changed by its own people alone, and on record', async () => {
    const [actor, stranger] = [await createTestAccount(db, 'Cedar'), await createTestAccount(db, 'Cedar')]
    await renameAccount(db, actor, anotherAccountInput.parse({ account_name: ' Murex ' }))
    // The same once more is no change.
    await renameAccount(db, actor, { account_name: 'Murex' })
    expect([await nameOf(actor.accountId), await nameOf(stranger.accountId)]).toEqual(['Murex', 'Cedar'])
    expect(await listAuditEventsOf(db, actor.accountId, actor.accountId, 9)).toMatchObject([
      { action: 'account.renamed', details: { before: { name: 'Cedar' }, after: { name: 'Murex' } } },
    ])
  })

  it('keeps the rule of a sign-up', () => {
    for (const account_name of ['', '   ', 'a'.repeat(101)]) {
      expect(anotherAccountInput.safeParse({ account_name }).success).toBe(false)
    }
  })
})
