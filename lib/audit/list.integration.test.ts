import { beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { createTestAccount } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { listAuditEventsOf, recordAuditEvent } from '.'

forEachDatabase('the events of one thing', (open) => {
  let db: Database
  beforeAll(async () => {
    db = (await open()).db
  })

  it('are its own account’s, newest first, at most so many, and as they were recorded', async () => {
    const [actor, stranger] = [await createTestAccount(db), await createTestAccount(db, 'Another shop')]
    for (const name of ['one', 'two', 'three']) await recordAuditEvent(db, actor, 'api_key.renamed', 'key_1', { name })
    await recordAuditEvent(db, actor, 'api_key.renamed', 'key_2', { name: 'of another key' })
    await recordAuditEvent(db, stranger, 'api_key.renamed', 'key_1', { name: 'of another account' })

    const events = await listAuditEventsOf(db, actor.accountId, 'key_1', 2)
    expect(events.map(({ details }) => details)).toEqual([{ name: 'three' }, { name: 'two' }])
    expect(events[0]).toMatchObject({
      action: 'api_key.renamed',
      actor: { kind: 'user', name: 'Ana' },
      address: '203.0.113.7',
      at: expect.any(Date),
    })
    expect(await listAuditEventsOf(db, stranger.accountId, 'key_1', 9)).toHaveLength(1)
    expect(await listAuditEventsOf(db, stranger.accountId, 'key_2', 9)).toEqual([])
  })
})
