import { eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { accounts, credentials, deliveries, notifications, outboxEvents, tokenSets } from '@/db/schema'
import { createTestAccount } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import {
  addBrokenCredentials,
  addMember,
  EXPIRING,
  FAILING,
  factsOf,
  happens,
  pass,
  RECOVERED,
  REFUSED,
  renderFacts,
  TestMailer,
} from '@/test/notifications'
import { refreshEndColumns, refreshEndOf } from '../oauth/stored-tokens'
import { deliverMails, listTroubles, makeNotices, recordEvents, sendReminders } from '.'

const MINUTE = 1 / 60
const DAY = 24

forEachDatabase('how often people are told', (open) => {
  let db: Database
  let accountId: string
  let mailer: TestMailer
  beforeAll(async () => {
    db = (await open()).db
  })
  beforeEach(async () => {
    // What is left of the test before would be told in this one.
    await db.delete(accounts)
    accountId = (await createTestAccount(db)).accountId
    mailer = new TestMailer()
  })

  const deliver = () => deliverMails({ db, mailer, render: renderFacts, url: 'https://fenicia.test' })
  async function work(): Promise<void> {
    await makeNotices(db)
    await deliver()
  }
  const kinds = () => mailer.mails.map(({ subject }) => subject)
  const recipients = () => mailer.mails.map(({ to }) => to.address).sort()

  describe('of one credential', () => {
    let owner: string
    let id: string
    beforeEach(async () => {
      owner = await addMember(db, accountId, 'owner')
      ;[id = ''] = await addBrokenCredentials(db, accountId, 1)
    })
    const refused = () => happens(db, accountId, 'credential.reauthorization_required', id, REFUSED)
    const failing = () => happens(db, accountId, 'credential.renewal_failing', id, FAILING)
    const recovered = () => happens(db, accountId, 'credential.renewal_recovered', id, RECOVERED)

    it('fifty failures in a row are one mail at once, and a reminder after 1, 3 and 7 days', async () => {
      for (let failure = 0; failure < 50; failure += 1) {
        await refused()
        if (failure % 10 === 0) await work()
      }
      await work()
      expect(kinds()).toEqual(['credential.reauthorization_required'])
      const told: number[] = []
      for (let hour = 1; hour <= 30 * DAY; hour += 6) {
        await pass(db, 6)
        const before = mailer.mails.length
        await refused()
        await sendReminders(db)
        await work()
        if (mailer.mails.length > before) told.push(Math.floor((hour + 5) / DAY))
      }
      expect(told).toEqual([1, 3, 7])
      expect(mailer.mails.map((mail) => factsOf(mail).reminder)).toEqual([0, 1, 2, 3])
      expect(await db.$count(notifications, eq(notifications.inApp, true))).toBeGreaterThanOrEqual(1)
    })

    it('reminders that were missed are not made up for', async () => {
      await refused()
      await work()
      await pass(db, 5 * DAY)
      await sendReminders(db)
      await sendReminders(db)
      await work()
      expect(mailer.mails.map((mail) => factsOf(mail).reminder)).toEqual([0, 2])
    })

    it('recovery is told once, and ends the reminders', async () => {
      await refused()
      await work()
      await recovered()
      await recovered()
      await work()
      await pass(db, 8 * DAY)
      await sendReminders(db)
      await work()
      expect(kinds()).toEqual(['credential.reauthorization_required', 'credential.renewal_recovered'])
    })

    it('a recovery that comes before the alarm has left keeps both from leaving', async () => {
      mailer.answer = { outcome: 'later', answer: '451 Try again' }
      await refused()
      await work()
      await recovered()
      mailer.answer = { outcome: 'sent', answer: '250 Ok' }
      await pass(db, 1)
      await work()
      expect(kinds()).toEqual([])
      const states = await db
        .select({ state: deliveries.state })
        .from(deliveries)
        .where(eq(deliveries.accountId, accountId))
      expect(states).toEqual([{ state: 'dropped' }])
    })

    it('what only got worse is told once more, and its reminders go on as they were', async () => {
      await failing()
      await failing()
      await work()
      await pass(db, 12)
      await refused()
      await failing()
      await work()
      expect(kinds()).toEqual(['credential.renewal_failing', 'credential.reauthorization_required'])
      await pass(db, 12)
      await sendReminders(db)
      await work()
      expect(factsOf(mailer.mails[2])).toMatchObject({ kind: 'credential.reauthorization_required', reminder: 1 })
    })

    it('what got worse before it was told is told as it is now', async () => {
      await failing()
      await refused()
      await work()
      expect(kinds()).toEqual(['credential.reauthorization_required'])
    })

    it('a second episode is told anew', async () => {
      await refused()
      await work()
      await recovered()
      await work()
      await refused()
      await work()
      await pass(db, 1)
      await work()
      expect(kinds()).toEqual([
        'credential.reauthorization_required',
        'credential.renewal_recovered',
        'credential.reauthorization_required',
      ])
    })

    it('nobody is reminded of what was mended without a word about it', async () => {
      await refused()
      await work()
      await db.update(tokenSets).set({ refusedError: null, failingSince: null }).where(eq(tokenSets.ownerId, id))
      await pass(db, DAY)
      await sendReminders(db)
      await work()
      expect(mailer.mails).toHaveLength(1)
      expect(await db.$count(deliveries)).toBe(1)
    })

    it('nobody is told of a credential that is gone', async () => {
      await refused()
      await makeNotices(db)
      await db.delete(credentials).where(eq(credentials.id, id))
      await deliver()
      expect(mailer.mails).toEqual([])
    })

    it('warnings of its end come once each, and anew for another end', async () => {
      const expiring = (daysLeft: 14 | 3 | 1, expiresAt = EXPIRING.expiresAt) =>
        happens(db, accountId, 'credential.expiring', id, { ...EXPIRING, daysLeft, expiresAt })
      await db
        .update(credentials)
        .set({ expiresAt: new Date(EXPIRING.expiresAt) })
        .where(eq(credentials.id, id))
      for (const daysLeft of [14, 14, 3, 14, 3, 1, 1] as const) {
        await expiring(daysLeft)
        await work()
        await pass(db, 7)
        await sendReminders(db)
        await work()
      }
      const left = () => mailer.mails.map((mail) => (factsOf(mail).items[0] as { data: typeof EXPIRING }).data.daysLeft)
      expect(left()).toEqual([14, 3, 1])
      await expiring(14, '2031-01-01T00:00:00.000Z')
      await work()
      expect(left()).toEqual([14, 3, 1, 14])
    })

    it('a warning of another end stays, though the one before is just being found to be over', async () => {
      const ends = async (expiresAt: string) => {
        await db
          .update(credentials)
          .set({ expiresAt: new Date(expiresAt) })
          .where(eq(credentials.id, id))
        await happens(db, accountId, 'credential.expiring', id, { ...EXPIRING, expiresAt })
        await makeNotices(db)
      }
      await ends(EXPIRING.expiresAt)
      await db.update(credentials).set({ expiresAt: null }).where(eq(credentials.id, id))
      const transaction = db.transaction.bind(db)
      vi.spyOn(db, 'transaction').mockImplementationOnce(async (...work) => {
        await ends('2031-01-01T00:00:00.000Z')
        return transaction(...work)
      })
      await sendReminders(db)
      expect(await listTroubles(db, accountId, id)).toMatchObject([{ data: { expiresAt: '2031-01-01T00:00:00.000Z' } }])
    })

    it('a warning of a refresh token’s end lasts while its end is told as seconds from then, until it is another', async () => {
      const ends = new Date(Date.now() + 10 * DAY * 3_600_000)
      const tellEnd = async (refreshEndsAt: Date) => {
        const [row] = await db
          .update(tokenSets)
          .set({ refusedError: null, failingSince: null, ...refreshEndColumns(refreshEndOf({ refreshEndsAt })) })
          .where(eq(tokenSets.ownerId, id))
          .returning({ end: tokenSets.refreshExpiresAt })
        return row?.end?.toISOString() ?? ''
      }
      const lasting = async () => (await listTroubles(db, accountId, id)).map(({ trouble }) => trouble)
      const warning = { ...EXPIRING, what: 'refresh_token' as const, expiresAt: await tellEnd(ends) }
      await happens(db, accountId, 'credential.expiring', id, warning)
      await work()
      for (const [movedSeconds, trouble] of [
        [-1, ['refresh_token_end']],
        [1, ['refresh_token_end']],
        [DAY * 3_600, []],
      ] as const) {
        await tellEnd(new Date(ends.getTime() + movedSeconds * 1_000))
        await sendReminders(db)
        expect(await lasting()).toEqual(trouble)
      }
    })

    it('several instances at once tell no more than one', async () => {
      for (let failure = 0; failure < 20; failure += 1) await refused()
      await Promise.all(Array.from({ length: 4 }, () => makeNotices(db)))
      await Promise.all(Array.from({ length: 4 }, deliver))
      await pass(db, DAY)
      await Promise.all(Array.from({ length: 4 }, () => sendReminders(db)))
      await Promise.all(Array.from({ length: 4 }, deliver))
      expect(mailer.mails.map((mail) => factsOf(mail).reminder)).toEqual([0, 1])
      expect(recipients()).toEqual([`${owner}@example.com`, `${owner}@example.com`])
    })
  })

  it.each([0, 1])('an account whose reminders fail keeps none from those of another', async (failing) => {
    const accountIds = [accountId, (await createTestAccount(db)).accountId]
    for (const each of accountIds) {
      await addMember(db, each, 'owner')
      const [id = ''] = await addBrokenCredentials(db, each, 1)
      await happens(db, each, 'credential.reauthorization_required', id, REFUSED)
    }
    await work()
    await pass(db, DAY)
    await db.execute(sql`
      create function fail_reminding() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`)
    await db.execute(sql`create trigger fails before update on notification_episodes for each row
      when (new.account_id = ${sql.raw(`'${accountIds[failing]}'`)}) execute function fail_reminding()`)
    try {
      await expect(sendReminders(db)).rejects.toThrow()
    } finally {
      await db.execute(sql`drop function fail_reminding cascade`)
    }
    await deliver()
    expect(mailer.mails.map((mail) => factsOf(mail).reminder)).toEqual([0, 0, 1])
  })

  it('500 credentials of one provider that fail in the same minute are one mail and one notice per person', async () => {
    const people = [await addMember(db, accountId, 'owner'), await addMember(db, accountId, 'admin')]
    const ids = await addBrokenCredentials(db, accountId, 500)
    for (const [at, id] of ids.entries()) {
      await happens(db, accountId, 'credential.reauthorization_required', id, REFUSED)
      if (at % 100 === 0) await work()
    }
    await work()
    expect(mailer.mails).toEqual([])
    await pass(db, 1 * MINUTE)
    await work()
    await pass(db, 1)
    await work()
    expect(recipients()).toEqual(people.map((id) => `${id}@example.com`).sort())
    expect(mailer.mails.map((mail) => factsOf(mail).total)).toEqual([500, 500])
    const listed = await db
      .select({ count: notifications.count })
      .from(notifications)
      .where(eq(notifications.accountId, accountId))
    expect(listed).toEqual([{ count: 500 }, { count: 500 }])

    await pass(db, DAY)
    await sendReminders(db)
    await work()
    expect(mailer.mails.slice(2).map((mail) => [factsOf(mail).reminder, factsOf(mail).total])).toEqual([
      [1, 500],
      [1, 500],
    ])
  })

  it('credentials of one provider that fail one by one for hours are a handful of mails', async () => {
    await addMember(db, accountId, 'owner')
    const ids = await addBrokenCredentials(db, accountId, 60)
    for (const id of ids) {
      await happens(db, accountId, 'credential.reauthorization_required', id, REFUSED)
      await work()
      await pass(db, 4 * MINUTE)
    }
    await pass(db, 1)
    await work()
    expect(mailer.mails.length).toBeLessThanOrEqual(8)
    expect(mailer.mails.reduce((sum, mail) => sum + factsOf(mail).total, 0)).toBe(60)
  })

  it('a digest leaves out what recovered meanwhile', async () => {
    await addMember(db, accountId, 'owner')
    const ids = await addBrokenCredentials(db, accountId, 3)
    for (const id of ids) await happens(db, accountId, 'credential.reauthorization_required', id, REFUSED)
    await makeNotices(db)
    await happens(db, accountId, 'credential.renewal_recovered', ids[0] as string, RECOVERED)
    await pass(db, 1 * MINUTE)
    await work()
    expect(mailer.mails.map((mail) => factsOf(mail).items.map(({ subjectId }) => subjectId))).toEqual([ids.slice(1)])
  })

  it('thousands of keys that are revoked at once are one mail', async () => {
    await addMember(db, accountId, 'owner')
    const keys = Array.from({ length: 2_500 }, (_, at) => ({
      subjectId: `key_${at}`,
      data: { name: `Key ${at}`, environment: 'live', by: 'Ana', reason: null },
    }))
    await db.transaction((tx) => recordEvents(tx, accountId, 'api_key.revoked', keys))
    await work()
    await pass(db, 1 * MINUTE)
    await work()
    expect(mailer.mails.map((mail) => factsOf(mail).total)).toEqual([2_500])
  })

  it('an event of a kind that only a newer version knows is left for it', async () => {
    await db
      .insert(outboxEvents)
      .values({ id: `out_${accountId}`, accountId, kind: 'ship.sunk', subjectId: 'x', data: {} })
    await work()
    expect(await db.$count(outboxEvents, eq(outboxEvents.kind, 'ship.sunk'))).toBeGreaterThanOrEqual(1)
  })
})
