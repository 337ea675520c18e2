import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import {
  accounts,
  deliveries,
  invitations,
  type invitedRoles,
  passwordResets,
  personalMails,
  type signInMethods,
} from '@/db/schema'
import { hashLink, linkAddress, linkToken } from '../accounts/links'
import { newId } from '../ids'
import type { Language } from './mail-content'

/** What one person is told of themselves, with the facts that each kind comes with. Points in time are ISO 8601. */
export interface PersonalData {
  /** Somebody, perhaps the person, asked for another password. */
  'password.reset_requested': Where & { resetId: string; expiresAt: string }
  'password.changed': Where & {
    at: string
    /** by the person, who gave the old one; by a link in a mail; by the operator's hand */
    how: 'changed' | 'reset' | 'operator'
  }
  'sign_in.new_browser': Where & {
    at: string
    /** Absent in mails from before it was noted. */
    method?: (typeof signInMethods)[number]
  }
  'second_factor.added': Where & { at: string } & Factor
  'second_factor.removed': Where & {
    at: string
    /** by the person; by the operator's hand, all at once */
    how: 'person' | 'operator'
  } & Factor
  /** Somebody signed in by one of the codes that stand in for a second factor. */
  'recovery_code.used': Where & { at: string; left: number }
  /** To whoever was taken out of the account, by another member. */
  'member.removed': { by: string }
  /** To both sides; `isOwner`: whether it is the one who owns the account now. */
  'account.handed_over': { from: string; to: string; isOwner: boolean }
  'invitation.sent': {
    invitationId: string
    /** What its link is made of. */
    linkId: string
    role: (typeof invitedRoles)[number] | 'custom'
    /** Of a role that the account made for itself; absent in mails from before there were such. */
    roleName?: string | null
    /** Who invites. */
    by: string
    expiresAt: string
  }
}

interface Factor {
  factor: 'authenticator' | 'passkey'
  /** What its person calls it; null: it has no name. */
  name: string | null
}

interface Where {
  address: string | null
  /** As `browserName` knows it. */
  browser: string | null
}

export type PersonalKind = keyof PersonalData

/** All that a personal mail says, before it is put in words. */
export type PersonalContent = {
  [Kind in PersonalKind]: {
    kind: Kind
    account: string
    to: { name: string | null; address: string; language: Language }
    data: PersonalData[Kind]
    /** The one-time link, where the mail is for that. */
    link: string | null
    /** Fenicia's own address. */
    url: string
  }
}[PersonalKind]

/**
 * Has one person mailed. Call it with the transaction that makes the change, so that neither exists without the other.
 */
export async function recordPersonalMail<Kind extends PersonalKind>(
  tx: Database,
  accountId: string,
  to: PersonalContent['to'],
  kind: Kind,
  data: PersonalData[Kind],
): Promise<void> {
  const id = newId('personalMail')
  await tx.insert(personalMails).values({
    id,
    accountId,
    kind,
    toName: to.name,
    toAddress: to.address,
    language: to.language,
    data: data as unknown as Record<string, unknown>,
  })
  await tx.insert(deliveries).values({ id: newId('delivery'), accountId, personalMailId: id, dueAt: sql`now()` })
}

/**
 * What a personal mail has to say now.
 * @returns null when its link has been used, replaced or revoked, or has expired: there is nothing to say any more
 */
export async function gatherPersonal(
  db: Database,
  accountId: string,
  personalMailId: string,
  url: string,
): Promise<PersonalContent | null> {
  const [mail] = await db
    .select({
      kind: personalMails.kind,
      name: personalMails.toName,
      address: personalMails.toAddress,
      language: personalMails.language,
      data: personalMails.data,
      account: accounts.name,
    })
    .from(personalMails)
    .innerJoin(accounts, eq(accounts.id, personalMails.accountId))
    .where(and(eq(personalMails.accountId, accountId), eq(personalMails.id, personalMailId)))
  if (!mail) return null
  const { kind, name, address, language, data, account } = mail
  const content = { kind, account, to: { name, address, language }, data, url } as unknown as PersonalContent
  if (content.kind !== 'password.reset_requested' && content.kind !== 'invitation.sent')
    return { ...content, link: null }
  const link =
    content.kind === 'invitation.sent'
      ? await invitationLink(db, accountId, content.data, url)
      : await resetLink(db, content.data, url)
  return link === null ? null : { ...content, link }
}

// A link that does not fit what is stored, such as after the secret was replaced, would lead nowhere: it is not sent.

async function resetLink(
  db: Database,
  { resetId }: PersonalData['password.reset_requested'],
  url: string,
): Promise<string | null> {
  const token = linkToken('password_reset', resetId)
  const { id, linkHash, usedAt, expiresAt } = passwordResets
  const isOpen = await db.$count(
    passwordResets,
    and(eq(id, resetId), eq(linkHash, hashLink(token)), isNull(usedAt), gt(expiresAt, sql`now()`)),
  )
  return isOpen ? linkAddress(url, 'password_reset', token) : null
}

async function invitationLink(
  db: Database,
  accountId: string,
  { invitationId, linkId }: PersonalData['invitation.sent'],
  url: string,
): Promise<string | null> {
  const token = linkToken('invitation', linkId)
  const { id, linkHash, acceptedAt, revokedAt, expiresAt } = invitations
  const isOpen = await db.$count(
    invitations,
    and(
      eq(invitations.accountId, accountId),
      eq(id, invitationId),
      eq(linkHash, hashLink(token)),
      isNull(acceptedAt),
      isNull(revokedAt),
      gt(expiresAt, sql`now()`),
    ),
  )
  return isOpen ? linkAddress(url, 'invitation', token) : null
}
