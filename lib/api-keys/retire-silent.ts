import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys, apiKeyUses } from '@/db/schema'
import { recordAuditEvent, systemActor } from '../audit'

/** How long a retiring key must be silent before its overlap may end early, in minutes. */
export const SILENCE_MINUTES = 60

/**
 * Ends the overlap of retiring keys whose owner asked for that: the successor is in use, and the old key has been
 * silent for an hour. Its end is in the key's own row, so nothing is left to do at the moment itself.
 * @returns the ids of the keys that were retired
 */
export async function retireSilentKeys(db: Database): Promise<string[]> {
  return db.transaction(async (tx) => {
    const result = await tx.execute(sql`
      update ${apiKeys} as old set retires_at = now()
      from ${apiKeys} successor
      join ${apiKeyUses} successor_use on successor_use.key_id = successor.id
      where old.retire_when_silent and old.retires_at > now() and old.revoked_at is null
        and successor.replaces_id = old.id and successor.account_id = old.account_id
        and successor.created_at < now() - ${SILENCE_MINUTES} * interval '1 minute'
        and not exists (
          select 1 from ${apiKeyUses} old_use
          where old_use.key_id = old.id and old_use.last_used_at > now() - ${SILENCE_MINUTES} * interval '1 minute')
      returning old.id, old.account_id as "accountId"`)
    const retired = (result as unknown as { rows: { id: string; accountId: string }[] }).rows
    for (const { id, accountId } of retired) {
      await recordAuditEvent(tx, systemActor(accountId), 'api_key.retirement_changed', id, { ended: 'silent' })
    }
    return retired.map(({ id }) => id)
  })
}
