import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys, apiKeyUses, credentials, handovers, integrations, invitations, webhooks } from '@/db/schema'
import { type KeyStatus, keyStatus } from '../api-keys/status'
import { isOpenInvitation } from './open-invitation'

/** Something that a member has made, or answers for in the place of who did. */
interface Made {
  id: string
  name: string
}

/** What a member has made, or answers for, that goes on without them. */
export interface MadeBy {
  /** Keys that work. */
  keys: (Made & { lastUsedAt: Date | null })[]
  credentials: Made[]
  integrations: Made[]
  webhooks: Made[]
  /** Open invitations that they sent, by their e-mail addresses. */
  invitations: Made[]
}

const WORKING: readonly KeyStatus[] = ['active', 'retiring', 'paused']

/** Who answers for something: its maker, or whom it was handed over to. */
export function answersFor(table: typeof apiKeys | typeof credentials | typeof integrations | typeof webhooks): SQL {
  return sql`coalesce((
    select to_user_id from ${handovers}
    where ${handovers.accountId} = ${table.accountId} and ${handovers.subjectId} = ${table.id}), ${table.createdById})`
}

/**
 * The working keys that a person has made or answers for, and those that these keys have made, or regenerated, in turn: whoever
 * has a key's token has those of its keys. It need not work any more; theirs may.
 */
async function keysOf(db: Database, accountId: string, userId: string): Promise<MadeBy['keys']> {
  const keys = await db
    .select({
      id: apiKeys.id,
      name: apiKeys.name,
      lastUsedAt: apiKeyUses.lastUsedAt,
      by: sql<string | null>`${answersFor(apiKeys)}`,
      status: keyStatus,
    })
    .from(apiKeys)
    .leftJoin(apiKeyUses, and(eq(apiKeyUses.accountId, apiKeys.accountId), eq(apiKeyUses.keyId, apiKeys.id)))
    .where(eq(apiKeys.accountId, accountId))
    .orderBy(asc(apiKeys.id))
  // Here and not in the statement, which would compare every key with every other. A key comes after the one that made it,
  // unless clocks differ, so that this is done after two rounds.
  const makers = new Set([userId])
  for (let known = 0; known < makers.size; ) {
    known = makers.size
    for (const { id, by } of keys) if (by !== null && makers.has(by)) makers.add(id)
  }
  return keys
    .filter(({ id, status }) => makers.has(id) && WORKING.includes(status))
    .map(({ id, name, lastUsedAt }) => ({ id, name, lastUsedAt }))
}

/** What a member has made in the account, or answers for; of keys, also by their keys. */
export async function madeBy(db: Database, accountId: string, userId: string): Promise<MadeBy> {
  const of = (table: typeof credentials | typeof integrations | typeof webhooks) =>
    db
      .select({ id: table.id, name: table.name })
      .from(table)
      .where(and(eq(table.accountId, accountId), eq(table.createdByKind, 'user'), eq(answersFor(table), userId)))
      .orderBy(asc(table.id))
  return {
    keys: await keysOf(db, accountId, userId),
    credentials: await of(credentials),
    integrations: await of(integrations),
    webhooks: await of(webhooks),
    invitations: await db
      .select({ id: invitations.id, name: invitations.email })
      .from(invitations)
      .where(and(eq(invitations.accountId, accountId), eq(invitations.invitedById, userId), isOpenInvitation))
      .orderBy(asc(invitations.id)),
  }
}

/** Lets another member answer for these, by their ids. */
export async function handOverMade(
  tx: Database,
  accountId: string,
  subjectIds: readonly string[],
  toUserId: string,
): Promise<void> {
  if (subjectIds.length === 0) return
  // One parameter however many there are: a statement takes 65,535 at most.
  await tx.execute(sql`
    insert into ${handovers} (account_id, subject_id, to_user_id)
    select ${accountId}, id, ${toUserId} from unnest(${sql.param(subjectIds)}::text[]) as id
    on conflict (account_id, subject_id) do update set to_user_id = excluded.to_user_id, at = now()`)
}
