import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import {
  credentials,
  deliveries,
  integrations,
  members,
  notificationEpisodes,
  notifications,
  tokenSets,
  users,
} from '@/db/schema'
import type { Role } from '@/lib/accounts'
import { newId } from '@/lib/ids'
import type { Mail, Mailer, MailResult } from '@/lib/mail/mailer'
import { type EventData, recordEvent } from '@/lib/notifications'
import type { MailContent, RenderMail } from '@/lib/notifications/mail-content'
import type { AllEventData } from '@/lib/notifications/outbox'

/** Puts a person into an account. */
export async function addMember(
  db: Database,
  accountId: string,
  role: Role,
  { id = newId('user'), language = 'en' as 'en' | 'es' } = {},
): Promise<string> {
  await db.insert(users).values({ id, email: `${id}@example.com`, name: `The ${role}`, passwordHash: '-', language })
  await db.insert(members).values({ accountId, userId: id, role })
  return id
}

/** Makes OAuth2 credentials whose tokens can't be renewed any more, as the database knows it. */
export async function addBrokenCredentials(
  db: Database,
  accountId: string,
  count: number,
  provider: string | null = 'mercado-libre',
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId('credential'))
  await db.insert(credentials).values(
    ids.map((id, at) => ({
      id,
      accountId,
      name: `Shop ${at + 1}`,
      nameHeld: id,
      type: 'oauth2' as const,
      provider,
      settings: {},
      secretSetAt: {},
      hosts: ['https://api.example.com'],
      createdByKind: 'user' as const,
      createdByName: 'Ana',
    })),
  )
  await db
    .insert(tokenSets)
    .values(ids.map((ownerId) => ({ accountId, ownerId, refusedError: 'invalid_grant', failingSince: new Date() })))
  return ids
}

export async function addIntegration(
  db: Database,
  accountId: string,
  credentialId: string,
  name: string,
): Promise<void> {
  await db.insert(integrations).values({
    id: newId('integration'),
    accountId,
    name,
    slug: name.toLowerCase().replaceAll(' ', '-'),
    credentialId,
    baseUrl: 'https://api.example.com',
    methods: ['GET'],
    paths: [],
    headers: [],
    timeoutMs: 30_000,
    state: 'enabled',
    createdByKind: 'user',
    createdByName: 'Ana',
  })
}

export const REFUSED: EventData['credential.reauthorization_required'] = {
  name: 'Shop',
  environment: 'live',
  provider: 'mercado-libre',
  connectedById: null,
  error: 'invalid_grant',
  detail: 'The refresh token was revoked',
  callsFailAt: '2026-03-01T09:00:00.000Z',
}
export const FAILING: EventData['credential.renewal_failing'] = {
  ...REFUSED,
  error: 'server_error',
  detail: '503 Service Unavailable',
  failingSince: '2026-03-01T08:00:00.000Z',
}
export const RECOVERED: EventData['credential.renewal_recovered'] = {
  name: 'Shop',
  environment: 'live',
  provider: 'mercado-libre',
  connectedById: null,
  failingSince: '2026-03-01T08:00:00.000Z',
}
export const EXPIRING: EventData['credential.expiring'] = {
  name: 'Shop',
  environment: 'live',
  provider: 'mercado-libre',
  connectedById: null,
  what: 'secret',
  expiresAt: '2030-01-01T00:00:00.000Z',
  daysLeft: 14,
}

/** Writes an event as the code that makes the change does. */
export function happens<Kind extends keyof EventData>(
  db: Database,
  accountId: string,
  kind: Kind,
  subjectId: string,
  data: EventData[Kind],
): Promise<void> {
  return db.transaction((tx) => recordEvent(tx, accountId, kind, subjectId, data as AllEventData[Kind]))
}

/** A mail server that takes mails, or answers as it is told to. */
export class TestMailer implements Mailer {
  readonly mails: Mail[] = []
  answer: MailResult = { outcome: 'sent', answer: '250 Ok' }

  async send(mail: Mail): Promise<MailResult> {
    if (this.answer.outcome === 'sent') this.mails.push(mail)
    return this.answer
  }

  async close(): Promise<void> {}
}

/** A mail's facts in place of its words. */
export const renderFacts: RenderMail = async (content) => ({
  subject: content.kind,
  html: '',
  text: JSON.stringify(content),
})

export function factsOf(mail: Mail | undefined): MailContent {
  return JSON.parse(mail?.text ?? '{}') as MailContent
}

/** Lets time pass for all that waits for it, as the database tells it. */
export async function pass(db: Database, hours: number): Promise<void> {
  const ago = sql`${hours} * interval '1 hour'`
  await db.update(notificationEpisodes).set({ openedAt: sql`opened_at - ${ago}`, remindAt: sql`remind_at - ${ago}` })
  await db
    .update(notifications)
    .set({ createdAt: sql`created_at - ${ago}`, collectsUntil: sql`collects_until - ${ago}` })
  await db
    .update(deliveries)
    .set({ createdAt: sql`created_at - ${ago}`, dueAt: sql`due_at - ${ago}`, leaseUntil: sql`lease_until - ${ago}` })
}
