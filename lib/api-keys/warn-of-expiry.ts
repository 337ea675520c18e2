import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys } from '@/db/schema'
import { recordEvent } from '../notifications/outbox'
import { keyStatus } from './status'
import type { Environment } from './token'

/** How many are looked at in one transaction. */
const STEP = 200

/** The warning that an end has come to, in days ahead. */
const LEVEL = sql`case when expires_at <= now() + interval '1 day' then 1 else 7 end`

interface Warned {
  id: string
  accountId: string
  name: string
  environment: Environment
  expiresAt: string
  daysLeft: 7 | 1
}

/**
 * Warns of keys that expire, a week and a day ahead, once each, the later only if both have come due. One that lasts no longer
 * than the warning is no news; nor is one that is paused, or replaced by another. May run anywhere, any number of times; keys
 * that somebody is changing are left for the next run.
 * @returns how many warnings were given
 */
export async function warnOfKeyExpiry(db: Database, signal?: AbortSignal): Promise<number> {
  let warned = 0
  for (;;) {
    const count = signal?.aborted ? 0 : await db.transaction(warn)
    warned += count
    if (count < STEP) return warned
  }
}

async function warn(tx: Database): Promise<number> {
  const { rows } = (await tx.execute(sql`
    with due as (
      select id, ${LEVEL} as level from ${apiKeys}
      where revoked_at is null and expires_at > now() and expires_at <= now() + interval '7 days'
        and ${keyStatus} = 'active'
        and expires_at - created_at > ${LEVEL} * interval '1 day'
        and (expiry_warned_days is null or expiry_warned_days > ${LEVEL})
      order by expires_at limit ${STEP} for no key update skip locked
    )
    update ${apiKeys} k set expiry_warned_days = due.level from due where k.id = due.id
    returning k.id, k.account_id as "accountId", k.name, k.environment,
      to_json(k.expires_at)#>>'{}' as "expiresAt", due.level as "daysLeft"`)) as unknown as { rows: Warned[] }
  for (const { id, accountId, name, environment, expiresAt, daysLeft } of rows) {
    const at = new Date(expiresAt).toISOString()
    await recordEvent(tx, accountId, 'api_key.expiring', id, { name, environment, expiresAt: at, daysLeft })
  }
  return rows.length
}
