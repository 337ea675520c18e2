import { eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { accounts, deliveries } from '@/db/schema'
import { renderMail } from '@/emails'
import { createTestAccount } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { eventually } from '@/test/eventually'
import { startMailServer } from '@/test/mail-server'
import { addBrokenCredentials, addMember, happens, pass, REFUSED, renderFacts, TestMailer } from '@/test/notifications'
import { log } from '../log'
import type { Mail, MailResult } from '../mail/mailer'
import { MAX_CONNECTIONS, SmtpMailer } from '../mail/smtp'
import { parseSmtpUrl } from '../mail/smtp-settings'
import { deliverMails, makeNotices, recordPersonalMail } from '.'

const url = 'https://fenicia.test'

forEachDatabase('a mail', (open) => {
  let db: Database
  let accountId: string
  let mailer: TestMailer
  beforeAll(async () => {
    db = (await open()).db
  })
  beforeEach(async () => {
    vi.spyOn(log, 'warn').mockImplementation(() => {})
    await db.delete(accounts)
    accountId = (await createTestAccount(db)).accountId
    mailer = new TestMailer()
  })

  /** Has the owner and so many admins told of a credential that has to be re-authorized. */
  async function waiting(admins = 0): Promise<void> {
    await addMember(db, accountId, 'owner')
    for (let admin = 0; admin < admins; admin += 1) await addMember(db, accountId, 'admin')
    const [id = ''] = await addBrokenCredentials(db, accountId, 1)
    await happens(db, accountId, 'credential.reauthorization_required', id, REFUSED)
    await makeNotices(db)
  }
  const deliver = (render = renderFacts) => deliverMails({ db, mailer, render, url })
  const stored = () =>
    db
      .select({
        state: deliveries.state,
        attempts: deliveries.attempts,
        answer: deliveries.answer,
        waitsMinutes: sql<number>`round(extract(epoch from ${deliveries.dueAt} - now()) / 60)::int`,
      })
      .from(deliveries)
      .where(eq(deliveries.accountId, accountId))

  it('goes to a real server in the person’s language, with a button that leads to that credential', async () => {
    const owner = await addMember(db, accountId, 'owner', { language: 'es' })
    const [id = ''] = await addBrokenCredentials(db, accountId, 1)
    await happens(db, accountId, 'credential.reauthorization_required', id, REFUSED)
    await makeNotices(db)
    const server = await startMailServer()
    const settings = parseSmtpUrl(`smtp://localhost:${server.port}?tls=optional`)
    if (!settings) throw new Error('These are no settings')
    const smtp = new SmtpMailer({ ...settings, tls: 'optional' }, 'Fenicia <fenicia@shop.example>')
    try {
      expect(await deliverMails({ db, mailer: smtp, render: renderMail, url })).toBe(1)
      expect(await deliverMails({ db, mailer: smtp, render: renderMail, url })).toBe(0)
    } finally {
      await smtp.close()
      await server.close()
    }
    expect(server.received).toHaveLength(1)
    const [{ to, mail } = { to: [], mail: null }] = server.received
    expect(to).toEqual([`${owner}@example.com`])
    expect(mail?.subject).toBe('Vuelve a autorizar «Shop 1»')
    const link = `${url}/settings/credentials/${id}?reauthorize=1`
    expect(mail?.html).toContain(`href="${link}"`)
    expect(mail?.text).toContain(link)
    expect(mail?.text).toContain('invalid_grant: The refresh token was revoked')
    expect(await stored()).toMatchObject([{ state: 'sent', answer: expect.stringMatching(/^250/) }])
  })

  it('to a single person, such as the link for another password, leaves before all that is to be told of', async () => {
    await waiting(3 * MAX_CONNECTIONS)
    await pass(db, 1)
    const to = { name: 'Ana', address: 'ana@example.com', language: 'en' as const }
    await recordPersonalMail(db, accountId, to, 'member.removed', { by: 'Hanno' })
    await deliver()
    expect(mailer.mails.length).toBe(3 * MAX_CONNECTIONS + 2)
    // Those of the first batch leave together.
    expect(mailer.mails.slice(0, MAX_CONNECTIONS).map(({ subject }) => subject)).toContain('member.removed')
  })

  it('that the server refuses for good is not tried again, and its words are kept', async () => {
    await waiting()
    mailer.answer = { outcome: 'refused', answer: '550 No such user here' }
    await deliver()
    await pass(db, 24)
    await deliver()
    expect(await stored()).toMatchObject([{ state: 'failed', attempts: 1, answer: '550 No such user here' }])
  })

  it('that the server does not take now is tried again, ever later, for four days', async () => {
    await waiting()
    mailer.answer = { outcome: 'later', answer: '451 Greylisted' }
    const pauses: number[] = []
    for (let attempt = 0; attempt < 9; attempt += 1) {
      await deliver()
      const [{ waitsMinutes } = { waitsMinutes: 0 }] = await stored()
      pauses.push(waitsMinutes)
      await deliver()
      await pass(db, 2)
    }
    for (const [attempt, pause] of pauses.entries()) {
      const minutes = Math.min(2 ** attempt, 60)
      expect(pause).toBeGreaterThanOrEqual(Math.floor(minutes * 0.75))
      expect(pause).toBeLessThanOrEqual(Math.ceil(minutes * 1.25))
    }
    expect(await stored()).toMatchObject([{ state: 'waiting', attempts: 9 }])
    for (let day = 0; day < 4; day += 1) {
      expect(await stored()).toMatchObject([{ state: 'waiting' }])
      await pass(db, 24)
      await deliver()
    }
    expect(await stored()).toMatchObject([{ state: 'failed', answer: '451 Greylisted' }])
  })

  it('that waited for days, since no server was reached, is tried for hours when it is back', async () => {
    await waiting()
    mailer.answer = { outcome: 'unreachable', answer: 'The mail server was not reached (ECONNREFUSED)' }
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await deliver()
      await pass(db, 10)
    }
    mailer.answer = { outcome: 'later', answer: '451 Greylisted' }
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await deliver()
      expect(await stored()).toMatchObject([{ state: 'waiting', answer: '451 Greylisted' }])
      await pass(db, 2)
    }
    await deliver()
    expect(await stored()).toMatchObject([{ state: 'failed' }])
  })

  it('that waited for days, since nobody sent it, is not given up at the first try', async () => {
    await waiting()
    await pass(db, 5 * 24)
    mailer.answer = { outcome: 'unreachable', answer: 'The mail server was not reached (ECONNREFUSED)' }
    await deliver()
    mailer.answer = { outcome: 'sent', answer: '250 Ok' }
    await pass(db, 1)
    expect(await deliver()).toBe(1)
  })

  it('is kept with all others while no server is reached, and leaves when it is back', async () => {
    await waiting(24)
    const send = vi.spyOn(mailer, 'send')
    mailer.answer = { outcome: 'unreachable', answer: 'The mail server was not reached (ECONNREFUSED)' }
    await deliver()
    // Not all 25 have knocked at a closed door.
    expect(send).toHaveBeenCalledTimes(MAX_CONNECTIONS)
    mailer.answer = { outcome: 'sent', answer: '250 Ok' }
    await pass(db, 1)
    await deliver()
    expect(mailer.mails).toHaveLength(25)
  })

  it('of a worker that was killed is sent by another, with the same id', async () => {
    await waiting()
    const sent: string[] = []
    let result: (result: MailResult) => void = () => {}
    mailer.send = async ({ id }: Mail) => {
      sent.push(id)
      return new Promise((resolve) => {
        result = resolve
      })
    }
    const late = deliver()
    await eventually(() => expect(sent).toHaveLength(1))
    // While its lease lasts nobody else sends it.
    expect(await deliver()).toBe(0)
    await pass(db, 1)
    const other = new TestMailer()
    const takeOver = () => deliverMails({ db, mailer: other, render: renderFacts, url })
    other.answer = { outcome: 'later', answer: '451 Try again' }
    await takeOver()
    // What the first one says of it now is not noted any more.
    result({ outcome: 'refused', answer: '550 Too late' })
    await late
    expect(await stored()).toMatchObject([{ state: 'waiting', attempts: 2, answer: '451 Try again' }])
    other.answer = { outcome: 'sent', answer: '250 Ok' }
    await pass(db, 1)
    await takeOver()
    expect(other.mails.map(({ id }) => id)).toEqual(sent)
    expect(await stored()).toMatchObject([{ state: 'sent', attempts: 3, answer: '250 Ok' }])
  })

  it('that cannot be made keeps no other from leaving, and is tried again', async () => {
    const error = vi.spyOn(log, 'error').mockImplementation(() => {})
    await waiting(1)
    let first = true
    await deliver(async (content) => {
      if (!first) return renderFacts(content)
      first = false
      throw new Error('no words')
    })
    expect(mailer.mails).toHaveLength(1)
    expect(error).toHaveBeenCalledOnce()
    await pass(db, 1)
    await deliver()
    expect(mailer.mails).toHaveLength(2)
  })
})
