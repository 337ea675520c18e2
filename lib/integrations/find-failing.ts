import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { integrations, notificationEpisodes, proxyCalls } from '@/db/schema'
import { type EventData, recordEvent } from '../notifications/outbox'
import { readWhatIsMended } from '../notifications/read'

/** How many calls must have failed in a row, and for how long at least: one bad minute, or a single call, is no trouble. */
const CALLS = 5
const MINUTES = 10
/** How many are looked at in one transaction. */
const STEP = 200

/** A call that did not do what it was made for: not answered, the service is down, or it does not take the credential. */
const isBad = sql`(c.outcome <> 'answered' or c.status >= 500 or c.status = 401)`
/** One that a credential's trouble explains. */
const isOfCredential = sql`(c.outcome = 'token_unavailable' or (c.outcome = 'answered' and c.status = 401))`
/**
 * How long an app has waited in vain, in milliseconds, for that to tell something of the service: most give up before an
 * integration's own time is over.
 */
const PATIENCE_MS = 10_000
/** But for what was soon called off on this side: it says neither that the integration works nor that it does not. */
const ofIt = sql`c.account_id = i.account_id and c.integration_id = i.id
  and (c.outcome <> 'called_off' or c.total_ms >= ${PATIENCE_MS})`
/** When the troubles of its credential ended; what is longer ago than a day tells nothing of the last hour. */
const mended = sql`
  select account_id, subject_id, max(closed_at) as at from ${notificationEpisodes}
  where trouble = 'renewal' and closed_at > now() - interval '1 day' group by account_id, subject_id`
/** Calls of it as it is now: what failed before it was changed, or its credential mended, may have failed for that. */
const sinceChanged = sql`${ofIt} and c.at > greatest(i.called_as_since, mended.at)`
/** The last of those calls. */
const lastCall = (which: SQL) => sql`
  select c.at, case c.outcome when 'called_off' then 'timeout' else c.outcome end as outcome, c.status, ${isBad} as is_bad from ${proxyCalls} c
  where ${which} order by c.at desc, c.id desc limit 1`

interface Failing
  extends Pick<EventData['integration.failing'], 'name' | 'environment' | 'slug' | 'outcome' | 'status'> {
  id: string
  accountId: string
  baseUrl: string
  credentialId: string | null
  failingSince: string
}

/**
 * Finds integrations whose calls have all failed for a while, by the record of calls, and has people and webhooks told: of each
 * once until a call goes well. May run anywhere, any number of times.
 * @returns how many began to fail, and how many work again
 */
export async function findFailingIntegrations(
  db: Database,
  signal?: AbortSignal,
): Promise<{ failing: number; recovered: number }> {
  const found = { failing: 0, recovered: 0 }
  if (signal?.aborted) return found
  found.recovered = await db.transaction(forgetRecovered)
  for (;;) {
    const count = signal?.aborted ? 0 : await db.transaction(tellOfFailing)
    found.failing += count
    if (count < STEP) return found
  }
}

/**
 * Also where the calls after the one that went well have failed again: between two looks there is time for both. And where
 * they failed for want of a token until its credential was mended: who was told of that one was not told of the integration,
 * and has to be should it go on failing.
 */
async function forgetRecovered(tx: Database): Promise<number> {
  const { rows } = (await tx.execute(sql`
    with mended as (${mended}), well as (
      select i.id from ${integrations} i cross join lateral (${lastCall(ofIt)}) as last
        left join mended on mended.account_id = i.account_id and mended.subject_id = i.credential_id
      where i.failing_since is not null and (not last.is_bad or exists (
        select from ${proxyCalls} c
        where ${ofIt} and c.at > greatest(i.failing_since, now() - ${MINUTES} * interval '1 minute') and not ${isBad})
        or (mended.at > i.failing_since and (
          select ${isOfCredential} from ${proxyCalls} c
          where ${ofIt} and c.at <= mended.at order by c.at desc, c.id desc limit 1)))
      for update of i skip locked)
    update ${integrations} i set failing_since = null from well where i.id = well.id
    returning i.id, i.account_id as "accountId"`)) as unknown as { rows: Pick<Failing, 'id' | 'accountId'>[] }
  for (const { id, accountId } of rows) await readWhatIsMended(tx, accountId, 'integration.failing', [id])
  return rows.length
}

async function tellOfFailing(tx: Database): Promise<number> {
  const { rows } = (await tx.execute(sql`
    with mended as (${mended}), due as (
      select i.id, last.outcome, last.status, (
        select min(c.at) from ${proxyCalls} c where ${sinceChanged} and c.at > coalesce((
          select max(c.at) from ${proxyCalls} c where ${sinceChanged} and not ${isBad}), '-infinity')) as since
      from ${integrations} i
        left join mended on mended.account_id = i.account_id and mended.subject_id = i.credential_id
        cross join lateral (${lastCall(sinceChanged)}) as last
      where i.state = 'enabled' and i.failing_since is null and last.is_bad and last.at > now() - interval '1 hour'
        -- From the latest on, since that is what the index is in the order of.
        and (select count(*) filter (where is_bad) from (
          select ${isBad} as is_bad from ${proxyCalls} c where ${sinceChanged} order by c.at desc, c.id desc limit ${CALLS}
        ) as latest) = ${CALLS}
        and not exists (
          select from ${proxyCalls} c
          where ${sinceChanged} and c.at > last.at - ${MINUTES} * interval '1 minute' and not ${isBad})
        and coalesce((
          select before.is_bad from (${lastCall(sql`${sinceChanged} and c.at <= last.at - ${MINUTES} * interval '1 minute'`)}) as before
        ), false)
      order by i.id limit ${STEP} for update of i skip locked
    )
    update ${integrations} i set failing_since = due.since from due where i.id = due.id
    returning i.id, i.account_id as "accountId", i.name, i.environment, i.slug, i.base_url as "baseUrl",
      i.credential_id as "credentialId", to_json(i.failing_since)#>>'{}' as "failingSince",
      due.outcome, due.status`)) as unknown as { rows: Failing[] }
  for (const { id, accountId, baseUrl, failingSince, ...facts } of rows) {
    await recordEvent(tx, accountId, 'integration.failing', id, {
      ...facts,
      host: new URL(baseUrl).host,
      failingSince: new Date(failingSince).toISOString(),
    })
  }
  return rows.length
}
