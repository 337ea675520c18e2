import { eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { personalMails } from '@/db/schema'
import { deliverMails, type PersonalContent } from '@/lib/notifications'
import { TestMailer } from './notifications'

/** The kinds of personal mails that are on record for an address, oldest first. */
export async function recordedMails(db: Database, address: string): Promise<string[]> {
  const rows = await db
    .select({ kind: personalMails.kind })
    .from(personalMails)
    .where(eq(personalMails.toAddress, address))
    .orderBy(personalMails.id)
  return rows.map(({ kind }) => kind)
}

/** Sends all mails that are due and answers what the personal ones to this address say. */
export async function readMails(db: Database, address: string): Promise<PersonalContent[]> {
  const mailer = new TestMailer()
  const render = async (content: unknown) => ({ subject: '', html: '', text: JSON.stringify(content) })
  await deliverMails({ db, mailer, render, url: 'https://fenicia.test' })
  return mailer.mails.filter(({ to }) => to.address === address).map(({ text }) => JSON.parse(text) as PersonalContent)
}

/** What the link of a mail holds. */
export function tokenOf(mail: PersonalContent | undefined): string {
  return new URL(mail?.link ?? 'https://none').hash.slice(1)
}
