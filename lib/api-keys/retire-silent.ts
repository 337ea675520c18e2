import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys, apiKeyUses } from '@/db/schema'
import { recordAuditEvent, systemActor } from '../audit'
import { forEachAccount } from '../each-account'

/** How long a retiring key must be silent before its overlap may end early, in minutes. */
export const SILENCE_MINUTES = 60

/** Keys of an account that are retired in one transaction; what is left waits for the next run. */
const MAX_KEYS = 1_000

/**
 * Ends the overlap of retiring keys whose owner asked for that: the successor is in use (and was not revoked), and the
 * old key has been silent for an hour, counted from the regeneration at the earliest. Keys that somebody is changing at
 * this moment are left for the next run.
 * @returns the ids of the keys that were retired
 * @throws the first failure, when all that could be done is done
 */
export async function retireSilentKeys(db: Database): Promise<string[]> {
  const accounts = await db
    .selectDistinct({ id: apiKeys.accountId })
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.retireWhenSilent, true),
        isNull(apiKeys.revokedAt),
        gt(apiKeys.retiresAt, sql`now() + interval '1 minute'`),
      ),
    )
  const retired: string[] = []
  const ids = accounts.map(({ id }) => id)
  await forEachAccount(ids, 'The silent keys of an account could not be retired', async (accountId) => {
    retired.push(...(await db.transaction((tx) => retireIn(tx, accountId))))
  })
  return retired
}

async function retireIn(tx: Database, accountId: string): Promise<string[]> {
  const anHourAgo = sql`now() - ${SILENCE_MINUTES} * interval '1 minute'`
  const result = await tx.execute(sql`
    with silent as (
      select old.id from ${apiKeys} old
      where old.account_id = ${accountId} and old.retire_when_silent and old.revoked_at is null
        -- Not what another run has just ended, by a clock that is moments ahead of this transaction's.
        and old.retires_at > now() + interval '1 minute'
        and exists (
          select 1 from ${apiKeys} successor join ${apiKeyUses} use on use.key_id = successor.id
          where successor.account_id = old.account_id and successor.replaces_id = old.id
            and successor.revoked_at is null and successor.created_at < ${anHourAgo})
        and not exists (
          select 1 from ${apiKeyUses} use where use.key_id = old.id and use.last_used_at > ${anHourAgo})
      order by old.id limit ${MAX_KEYS}
      for no key update skip locked)
    update ${apiKeys} as old set retires_at = now() from silent where old.id = silent.id
    returning old.id`)
  const retired = (result as unknown as { rows: { id: string }[] }).rows
  for (const { id } of retired) {
    await recordAuditEvent(tx, systemActor(accountId), 'api_key.retirement_changed', id, { ended: 'silent' })
  }
  return retired.map(({ id }) => id)
}
