import {
  type AnyColumn,
  and,
  asc,
  countDistinct,
  desc,
  eq,
  exists,
  inArray,
  isNull,
  notExists,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { Database } from '@/db/client'
import {
  accounts,
  apiKeys,
  apiKeyUses,
  credentials,
  customRoles,
  integrations,
  type languages,
  members,
  notificationEpisodes,
  notificationItems,
  notificationPreferences,
  notifications,
  users,
} from '@/db/schema'
import { heldRoleColumns, heldRoleOf, isRoleOfMember } from '../accounts/held-role'
import { findProvider } from '../credentials/catalogue'
import type { CredentialKind, KeyKind } from './kinds'
import { isCredentialKind } from './kinds'
import { isAsTold, isStateKind, isStillSo } from './lasting'
import type { EventData, EventKind } from './outbox'
import type { PersonalContent } from './personal-mails'
import { maySee, reviewSeenBy } from './recipients'

export type Language = (typeof languages)[number]

/** One of the things that a mail tells of, and the integrations that use it. */
export interface MailItem<Kind extends EventKind> {
  subjectId: string
  data: EventData[Kind]
  /** Names, `MAX_NAMES` at most. */
  integrations: string[]
  integrationCount: number
}

/** All that a mail says, before it is put in words. */
export type MailContent = {
  [Kind in EventKind]: {
    kind: Kind
    /** Which reminder it is; 0: none, but news. */
    reminder: number
    /** The provider's name; null: another service. */
    provider: string | null
    account: string
    to: { name: string; address: string; language: Language }
    /** `MAX_ITEMS` at most. */
    items: MailItem<Kind>[]
    /** How many there are. */
    total: number
    /** Fenicia's own address. */
    url: string
  }
}[EventKind]

/** A mail in words. */
export interface RenderedMail {
  subject: string
  html: string
  text: string
}

/** Puts a mail in the words of its person's language. */
export type RenderMail = (content: MailContent | PersonalContent) => Promise<RenderedMail>

const MAX_ITEMS = 20
const MAX_NAMES = 10

/**
 * What a notification's mail has to say now: what has ended meanwhile, or become something else, is left out.
 * @returns null when there is nothing to say any more, or nobody to say it to
 */
export async function gatherContent(
  db: Database,
  accountId: string,
  notificationId: string,
  url: string,
): Promise<MailContent | null> {
  const [head] = await db
    .select({
      kind: notifications.kind,
      reminder: notifications.reminder,
      provider: notifications.provider,
      account: accounts.name,
      ...heldRoleColumns,
      name: users.name,
      address: users.email,
      language: users.language,
      isWanted: sql<boolean>`coalesce(${notificationPreferences.email}, true)`,
    })
    .from(notifications)
    .innerJoin(accounts, eq(accounts.id, notifications.accountId))
    .innerJoin(members, and(eq(members.accountId, notifications.accountId), eq(members.userId, notifications.userId)))
    .leftJoin(customRoles, isRoleOfMember)
    .innerJoin(users, eq(users.id, notifications.userId))
    .leftJoin(
      notificationPreferences,
      and(
        eq(notificationPreferences.accountId, notifications.accountId),
        eq(notificationPreferences.userId, notifications.userId),
        eq(notificationPreferences.kind, notifications.kind),
      ),
    )
    .where(and(eq(notifications.accountId, accountId), eq(notifications.id, notificationId)))
  // They may have chosen otherwise while it waited.
  if (!head?.isWanted) return null
  const kind = head.kind as EventKind
  const holder = heldRoleOf(head)
  if (!maySee(holder, kind)) return null
  const found = isCredentialKind(kind)
    ? await credentialItems(db, accountId, notificationId, kind)
    : await keyItems(db, accountId, notificationId, isSoStill(db, kind))
  if (found.total === 0) return null
  if (kind === 'review.digest') {
    const items = found.items as MailItem<'review.digest'>[]
    // Their role may be another by now.
    for (const item of items) item.data = reviewSeenBy(holder, item.data)
    if (items.every(({ data }) => data.keys + data.credentials === 0)) return null
  }
  const { name, address, language, reminder, account } = head
  const provider = head.provider === null ? null : (findProvider(head.provider)?.name ?? head.provider)
  return { kind, reminder, provider, account, to: { name, address, language }, url, ...found } as MailContent
}

interface Found<Kind extends EventKind> {
  items: MailItem<Kind>[]
  total: number
}

/** @param isLasting leaves out what has ended meanwhile */
async function keyItems(
  db: Database,
  accountId: string,
  notificationId: string,
  isLasting: SQL | undefined,
): Promise<Found<KeyKind>> {
  const isOfIt = and(
    eq(notificationItems.accountId, accountId),
    eq(notificationItems.notificationId, notificationId),
    isLasting,
  )
  const { id, subjectId, data } = notificationItems
  const [all] = await db
    .select({ total: countDistinct(subjectId) })
    .from(notificationItems)
    .where(isOfIt)
  // Of each the last that happened: a token may be seen in several places.
  const last = db
    .selectDistinctOn([subjectId], { id, subjectId, data })
    .from(notificationItems)
    .where(isOfIt)
    .orderBy(subjectId, desc(id))
    .as('last')
  const rows = await db
    .select({ subjectId: last.subjectId, data: last.data })
    .from(last)
    .orderBy(asc(last.id))
    .limit(MAX_ITEMS)
  const items = rows.map((row) => ({ ...row, integrations: [], integrationCount: 0 }))
  return { items: items as unknown as MailItem<KeyKind>[], total: all?.total ?? 0 }
}

/** Whether what an item tells of is so still; undefined: it happened, and stays so. */
function isSoStill(db: Database, kind: KeyKind): SQL | undefined {
  if (isStateKind(kind)) return isStillSo(db, kind)
  if (kind === 'api_key.expiring') {
    return isOfKey(db, and(isNull(apiKeys.retiresAt), isAsTold(apiKeys.expiresAt, 'expiresAt')))
  }
  if (kind === 'api_key.idle') {
    // Paused, it is revoked by nobody; any use keeps it, even before that is noted at the key.
    const isUsedAgain = and(
      eq(apiKeyUses.accountId, apiKeys.accountId),
      eq(apiKeyUses.keyId, apiKeys.id),
      sql`${isAsTold(apiKeyUses.lastUsedAt, 'lastUsedAt')} is not true`,
    )
    return isOfKey(
      db,
      and(
        isNull(apiKeys.retiresAt),
        isNull(apiKeys.pausedAt),
        isAsTold(apiKeys.idleRevokesAt, 'revokesAt'),
        notExists(db.select({ one: sql`1` }).from(apiKeyUses).where(isUsedAgain)),
      ),
    )
  }
  return kind === 'api_key.rehearsal_ended' ? isOfKey(db) : undefined
}

/** Whether an item's key was not revoked since, and is as `also` says. */
function isOfKey(db: Database, also?: SQL): SQL {
  const key = db
    .select({ one: sql`1` })
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.accountId, notificationItems.accountId),
        eq(apiKeys.id, notificationItems.subjectId),
        isNull(apiKeys.revokedAt),
        also,
      ),
    )
  return exists(key)
}

async function credentialItems(
  db: Database,
  accountId: string,
  notificationId: string,
  kind: CredentialKind,
): Promise<Found<CredentialKind>> {
  const items = await db
    .select({ subjectId: notificationItems.subjectId, episodeId: notificationItems.episodeId })
    .from(notificationItems)
    .where(and(eq(notificationItems.accountId, accountId), eq(notificationItems.notificationId, notificationId)))
    .orderBy(asc(notificationItems.id))
  const { id, subjectId, stage, trouble, closedAt } = notificationEpisodes
  const episodes = await db
    .select({ id, subjectId, stage, trouble })
    .from(notificationEpisodes)
    .where(
      and(
        eq(notificationEpisodes.accountId, accountId),
        isAnyOf(
          subjectId,
          items.map((item) => item.subjectId),
        ),
        isNull(closedAt),
      ),
    )
  // Of what is well again: unless it is not any more. Of all else: while it lasts, and as far as it got.
  const isRelief = kind === 'credential.renewal_recovered'
  const failing = new Set(
    episodes.filter((episode) => episode.trouble === 'renewal').map((episode) => episode.subjectId),
  )
  const lasting = new Set(episodes.filter((episode) => episode.stage === kind).map((episode) => episode.id))
  const still = items.filter((item) =>
    isRelief ? !failing.has(item.subjectId) : item.episodeId !== null && lasting.has(item.episodeId),
  )
  const episodeOf = new Map(still.map((item) => [item.subjectId, item.episodeId]))

  // Of a credential that was deleted meanwhile nothing is to be said.
  const existing = await db
    .select({ id: credentials.id, name: credentials.name })
    .from(credentials)
    .where(and(eq(credentials.accountId, accountId), isAnyOf(credentials.id, [...episodeOf.keys()])))
    .orderBy(asc(credentials.name), asc(credentials.id))
  const shown = existing.slice(0, MAX_ITEMS)
  const facts = await factsOf(
    db,
    accountId,
    isRelief ? notificationId : null,
    shown.flatMap((credential) => episodeOf.get(credential.id) ?? []),
  )
  const uses = await usesOf(
    db,
    accountId,
    shown.map((credential) => credential.id),
  )
  return {
    total: existing.length,
    items: shown.map(({ id, name }) => {
      const names = uses.get(id) ?? []
      return {
        subjectId: id,
        data: { ...facts.get(episodeOf.get(id) ?? ''), name },
        integrations: names.slice(0, MAX_NAMES),
        integrationCount: names.length,
      } as unknown as MailItem<CredentialKind>
    }),
  }
}

/**
 * The facts of some episodes: the newest word of what lasts; how it ended, of what is over.
 * @param notificationId the notification that tells of the end; null: they last
 */
async function factsOf(
  db: Database,
  accountId: string,
  notificationId: string | null,
  episodeIds: string[],
): Promise<Map<string | null, Record<string, unknown>>> {
  const rows = notificationId
    ? await db
        .select({ id: notificationItems.episodeId, data: notificationItems.data })
        .from(notificationItems)
        .where(
          and(
            eq(notificationItems.accountId, accountId),
            eq(notificationItems.notificationId, notificationId),
            isAnyOf(notificationItems.episodeId, episodeIds),
          ),
        )
        .orderBy(asc(notificationItems.id))
    : await db
        .select({ id: notificationEpisodes.id, data: notificationEpisodes.data })
        .from(notificationEpisodes)
        .where(and(eq(notificationEpisodes.accountId, accountId), isAnyOf(notificationEpisodes.id, episodeIds)))
  return new Map(rows.map(({ id, data }) => [id, data]))
}

/** One parameter however many ids there are: a statement takes 65,535 at most. */
function isAnyOf(column: AnyColumn, ids: string[]): SQL {
  return sql`${column} = any(${sql.param(ids)}::text[])`
}

/** The names of the integrations that use each credential. */
async function usesOf(db: Database, accountId: string, credentialIds: string[]): Promise<Map<string, string[]>> {
  const uses = new Map<string, string[]>()
  if (credentialIds.length === 0) return uses
  const rows = await db
    .select({ credentialId: integrations.credentialId, name: integrations.name })
    .from(integrations)
    .where(and(eq(integrations.accountId, accountId), inArray(integrations.credentialId, credentialIds)))
    .orderBy(asc(integrations.name), asc(integrations.id))
  for (const { credentialId, name } of rows) {
    if (credentialId) uses.set(credentialId, [...(uses.get(credentialId) ?? []), name])
  }
  return uses
}
