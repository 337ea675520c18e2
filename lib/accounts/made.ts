import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys, apiKeyUses, credentials, handovers, integrations, invitations, webhooks } from '@/db/schema'
import { keyStatus } from '../api-keys/status'
import type { Actor } from '../audit'
import { isStorable } from '../text'
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

/**
 * The person who answers for something: who made it, or whose key did, or whom it was handed over to; null where none does, as
 * for what the operator made.
 */
export function answersFor(table: typeof apiKeys | typeof credentials | typeof integrations | typeof webhooks): SQL {
  return sql`coalesce((
    select to_user_id from ${handovers}
    where ${handovers.accountId} = ${table.accountId} and ${handovers.subjectId} = ${table.id}),
    case when ${table.createdByKind} = 'user' then ${table.createdById} end)`
}

/**
 * Has whoever answers for the key that makes something answer for that as well: whoever has the key's token has what was made
 * with it. Does nothing when a person makes it.
 */
export async function answerForMade(tx: Database, { kind, id, accountId }: Actor, subjectId: string): Promise<void> {
  if (kind !== 'key') return
  await tx.execute(sql`
    insert into ${handovers} (account_id, subject_id, to_user_id)
    select ${accountId}, ${subjectId}, person from (
      select ${answersFor(apiKeys)} as person from ${apiKeys}
      where ${apiKeys.accountId} = ${accountId} and ${apiKeys.id} = ${id}
    ) as key where person is not null`)
}

/** What a member has made in the account, or their keys have, or they answer for. */
export async function madeBy(db: Database, accountId: string, userId: string): Promise<MadeBy> {
  if (!isStorable(userId)) return { keys: [], credentials: [], integrations: [], webhooks: [], invitations: [] }
  const keys = await db
    .select({ id: apiKeys.id, name: apiKeys.name, lastUsedAt: apiKeyUses.lastUsedAt })
    .from(apiKeys)
    .leftJoin(apiKeyUses, and(eq(apiKeyUses.accountId, apiKeys.accountId), eq(apiKeyUses.keyId, apiKeys.id)))
    .where(
      and(
        eq(apiKeys.accountId, accountId),
        eq(answersFor(apiKeys), userId),
        inArray(keyStatus, ['active', 'retiring', 'paused']),
      ),
    )
    .orderBy(asc(apiKeys.id))
  const of = (table: typeof credentials | typeof integrations | typeof webhooks) =>
    db
      .select({ id: table.id, name: table.name })
      .from(table)
      .where(and(eq(table.accountId, accountId), eq(answersFor(table), userId)))
      .orderBy(asc(table.id))
  return {
    keys,
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
