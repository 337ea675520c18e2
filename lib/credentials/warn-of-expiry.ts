import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { credentials, oauthConnections, tokenSets } from '@/db/schema'
import type { Environment } from '../api-keys/token'
import { recordEvent } from '../notifications/outbox'

/** Days before the end of a secret at which people are warned, once each. */
const WARNINGS = [14, 3, 1] as const
/** How many are looked at in one transaction. */
const STEP = 200

/**
 * Warns of secrets that end: static ones, by the date that a person gave, and refresh tokens, by what the provider told. Each
 * end is warned of once per warning, the latest only if several have come due. May run anywhere, any number of times.
 * @returns how many warnings were given
 */
export async function warnOfExpiry(db: Database, signal?: AbortSignal): Promise<number> {
  let warned = 0
  for (const warn of [warnOfSecrets, warnOfRefreshTokens]) {
    for (;;) {
      const count = signal?.aborted ? 0 : await db.transaction(warn)
      warned += count
      if (count < STEP) break
    }
  }
  return warned
}

/** The warning that an end has come to: the smallest number of days that is not less than what is left. */
const levelOf = (end: string) =>
  sql`case ${sql.join(
    [...WARNINGS]
      .reverse()
      .map((days) => sql`when ${sql.raw(end)} <= now() + ${days} * interval '1 day' then ${days}::int`),
    sql` `,
  )} end`

/** Who connected it, or else made it. */
const WHO = sql`coalesce(
  (select connected_by_id from ${oauthConnections} o where o.account_id = c.account_id and o.owner_id = c.id),
  case when c.created_by_kind = 'user' then c.created_by_id end)`

interface Warned {
  id: string
  accountId: string
  name: string
  environment: Environment
  provider: string | null
  userId: string | null
  expiresAt: string
  level: (typeof WARNINGS)[number]
}

async function warnOfSecrets(tx: Database): Promise<number> {
  const { rows } = (await tx.execute(sql`
    with due as (
      select id, ${levelOf('expires_at')} as level from ${credentials}
      where expires_at > now() and expires_at <= now() + interval '14 days'
        and (expiry_warned_days is null or expiry_warned_days > ${levelOf('expires_at')})
      order by expires_at limit ${STEP} for update skip locked
    )
    update ${credentials} c set expiry_warned_days = due.level from due where c.id = due.id
    returning c.id, c.account_id as "accountId", c.name, c.environment, c.provider,
      ${WHO} as "userId", to_json(c.expires_at)#>>'{}' as "expiresAt", due.level`)) as unknown as { rows: Warned[] }
  for (const row of rows) await record(tx, row, 'secret')
  return rows.length
}

/**
 * Of refresh tokens only where their end stays: one that each renewal moves on, or that lasts no longer than the warning, is
 * no news.
 */
async function warnOfRefreshTokens(tx: Database): Promise<number> {
  const { rows } = (await tx.execute(sql`
    with due as (
      select account_id, owner_id, ${levelOf('refresh_expires_at')} as level from ${tokenSets}
      where refresh_expires_at > now() and refresh_expires_at <= now() + interval '14 days' and refused_error is null
        and refresh_expires_at - refresh_set_at > ${levelOf('refresh_expires_at')} * interval '1 day'
        and (refresh_warned_days is null or refresh_warned_days > ${levelOf('refresh_expires_at')})
      order by refresh_expires_at limit ${STEP} for update skip locked
    )
    update ${tokenSets} t set refresh_warned_days = due.level
    from due left join ${credentials} c on c.account_id = due.account_id and c.id = due.owner_id
    where t.account_id = due.account_id and t.owner_id = due.owner_id
    returning c.id, t.account_id as "accountId", c.name, c.environment, c.provider,
      ${WHO} as "userId", to_json(t.refresh_expires_at)#>>'{}' as "expiresAt", due.level`)) as unknown as {
    rows: (Warned | { id: null })[]
  }
  // Drafts have no end that is worth a warning.
  for (const row of rows) if (row.id !== null) await record(tx, row, 'refresh_token')
  return rows.length
}

async function record(tx: Database, row: Warned, what: 'secret' | 'refresh_token'): Promise<void> {
  await recordEvent(tx, row.accountId, 'credential.expiring', row.id, {
    name: row.name,
    environment: row.environment,
    provider: row.provider,
    connectedById: row.userId,
    what,
    expiresAt: new Date(row.expiresAt).toISOString(),
    daysLeft: row.level,
  })
}
