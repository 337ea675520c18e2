import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { renewalAttempts, tokenSets } from '@/db/schema'
import type { Vault } from '../vault/vault'
import type { Lease } from './lease'
import { endAlarm } from './renewal/alarm'
import { noteEndpointSuccess } from './renewal/endpoints'
import { renewalDueInMs } from './renewal/schedule'
import { isRenewedAhead, type NewTokens, ofOwner, refreshEndColumns, sealTokens } from './stored-tokens'

/** What a renewal got, with what is stored along with it. */
export interface Renewed {
  tokens: NewTokens
  /** When the token endpoint was asked, by this process's clock. */
  sentAt: Date
  /** Origin of the token endpoint. */
  endpoint: string
  /** Of the tokens that were renewed: only these may be replaced. */
  version: number
  /** How long tokens of an unknown lifetime were found to last. */
  learnedSeconds: number | null
}

/**
 * Stores renewed tokens and gives the lease back, in one transaction. Times are stored by the database's clock.
 * @param isSpooled whether what was got comes out of the spool. Its lease may have ended meanwhile; it is stored all the same
 *   while nobody is renewing and nobody has stored other tokens, since it is then the latest that the provider has given
 * @returns the tokens' version; null when others have been stored, or are about to be
 */
export function storeRenewed(
  db: Database,
  vault: Vault,
  lease: Lease,
  { tokens, sentAt, endpoint, version, learnedSeconds }: Renewed,
  isSpooled = false,
): Promise<number | null> {
  const { owner, fence, attemptId } = lease
  return db.transaction(async (tx) => {
    const isFree = sql`lease_until is null or lease_until <= clock_timestamp()`
    const held = tx.$with('held').as(
      tx
        .select({
          failingSince: sql<Date | null>`failing_since`.mapWith(tokenSets.failingSince).as('was_failing_since'),
          alarmedAt: sql<Date | null>`alarmed_at`.mapWith(tokenSets.alarmedAt).as('was_alarmed_at'),
        })
        .from(tokenSets)
        .where(
          and(
            ofOwner(owner),
            isSpooled ? sql`version = ${version} and (fence = ${fence} or ${isFree})` : eq(tokenSets.fence, fence),
          ),
        )
        .for('update'),
    )
    const elapsedMs = Date.now() - sentAt.getTime()
    const endsInMs = tokens.expiresAt && tokens.expiresAt.getTime() - sentAt.getTime() - elapsedMs
    const renewInMs = tokens.accessToken ? renewalDueInMs({ endsInMs, learnedSeconds }) : 0
    const fromNow = (ms: number | null) =>
      ms === null ? sql`null::timestamptz` : sql`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`
    const [row] = await tx
      .with(held)
      .update(tokenSets)
      .set({
        version: sql`${tokenSets.version} + 1`,
        // Who took the lease meanwhile, and is late as well, is to store nothing.
        ...(isSpooled ? { fence: sql`${tokenSets.fence} + 1` } : {}),
        obtainedAt: fromNow(-elapsedMs),
        expiresAt: fromNow(endsInMs),
        renewAt: sql`case when ${isRenewedAhead(owner)} then ${fromNow(renewInMs)} end`,
        ...refreshEndColumns(tokens, fromNow),
        endpoint,
        learnedSeconds,
        leaseUntil: null,
        contestedAt: null,
        refusedError: null,
        refusedAt: null,
        failingSince: null,
        failures: 0,
        coolUntil: null,
        alarmedAt: null,
      })
      .from(held)
      .where(ofOwner(owner))
      .returning({ version: tokenSets.version, expiresAt: tokenSets.expiresAt, ...held._.selectedFields })
    if (!row) return null
    await sealTokens(tx, vault, owner, tokens)
    await tx
      .update(renewalAttempts)
      .set({ result: 'renewed', endedAt: sql`clock_timestamp()`, nextAt: row.expiresAt })
      .where(and(eq(renewalAttempts.accountId, owner.accountId), eq(renewalAttempts.id, attemptId)))
    if (row.alarmedAt) await endAlarm(tx, owner, row.failingSince)
    await noteEndpointSuccess(tx, endpoint)
    return row.version
  })
}
