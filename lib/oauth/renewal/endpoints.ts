import { eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { tokenEndpoints, tokenSets } from '@/db/schema'

/** Failures in a row after which a token endpoint is taken to be down. */
export const DOWN_AFTER = 5
/** For how long it is left alone then; each time twice as long, up to the maximum. */
const FIRST_REST_MS = 15_000
const MAX_REST_MS = 5 * 60_000

/**
 * Notes that a token endpoint has failed. Once it has failed several times in a row, sweeps leave it alone for a while, and
 * then try with one renewal whether it is back.
 * @param origin of the token URL
 */
export async function noteEndpointFailure(tx: Database, origin: string): Promise<void> {
  const failures = sql`${tokenEndpoints.failures} + 1`
  const rest = sql`least(${MAX_REST_MS}::float8, ${FIRST_REST_MS}::float8 * power(2, least(${failures} - ${DOWN_AFTER}, 20)))`
  await tx
    .insert(tokenEndpoints)
    .values({ origin, failures: 1, changedAt: sql`clock_timestamp()` })
    .onConflictDoUpdate({
      target: tokenEndpoints.origin,
      set: {
        failures,
        changedAt: sql`clock_timestamp()`,
        // Calls ask meanwhile, of whatever account: theirs put off nobody's next try.
        openUntil: sql`case when ${tokenEndpoints.openUntil} > clock_timestamp() then ${tokenEndpoints.openUntil}
          when ${failures} >= ${DOWN_AFTER} then clock_timestamp() + ${rest} * (0.75 + random() / 2) * interval '1 millisecond' end`,
      },
    })
}

/** Others that fail are tried again as soon, unless the endpoint has said when: by that the index of what is due finds them. */
const TRIED_AGAIN_MS = 2 * 60_000

/**
 * Whether other accounts' renewals fail at a token endpoint, too. One that is asked too often (429) may mean the client, and
 * is not down then for anybody else.
 */
export async function failsForOthers(tx: Database, origin: string, accountId: string): Promise<boolean> {
  const { rows } = (await tx.execute(sql`
    select from ${tokenSets}
    where renew_at <= statement_timestamp() + ${TRIED_AGAIN_MS} * interval '1 millisecond'
      and endpoint = ${origin} and account_id <> ${accountId} and failures > 0
    limit 1`)) as unknown as { rows: unknown[] }
  return rows.length > 0
}

/** Notes that a token endpoint has answered. */
export async function noteEndpointSuccess(tx: Database, origin: string): Promise<void> {
  await tx.delete(tokenEndpoints).where(eq(tokenEndpoints.origin, origin))
}
