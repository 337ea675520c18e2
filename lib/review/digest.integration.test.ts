import { eq, sql } from 'drizzle-orm'
import { beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { outboxEvents } from '@/db/schema'
import { createTestAccount, createTestKey } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { sendReviewDigests } from '.'

forEachDatabase('the digest of a review', (open) => {
  let db: Database
  beforeAll(async () => {
    db = (await open()).db
  })

  it('is told to other accounts when that of one fails, and to that one once it does not', async () => {
    const owners = [await createTestAccount(db), await createTestAccount(db)]
    for (const owner of owners) await createTestKey(db, owner)
    await db.execute(sql`update api_keys set created_at = now() - interval '60 days'`)
    const [first = '', second = ''] = owners.map(({ accountId }) => accountId).sort()
    await db.execute(sql`
      create function fail_telling() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`)
    await db.execute(sql`create trigger fails before insert on outbox_events for each row
      when (new.account_id = ${sql.raw(`'${first}'`)}) execute function fail_telling()`)
    const told = async () => {
      const events = await db.select().from(outboxEvents).where(eq(outboxEvents.kind, 'review.digest'))
      return events.map(({ accountId }) => accountId).sort()
    }
    await expect(sendReviewDigests(db)).rejects.toThrow()
    expect(await told()).toEqual([second])
    await db.execute(sql`drop function fail_telling cascade`)
    expect(await sendReviewDigests(db)).toBe(1)
    expect(await told()).toEqual([first, second])
  })
})
