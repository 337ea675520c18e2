import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { preparedOnce } from '@/db/prepared'
import { credentials, renewalAttempts, tokenEndpoints, tokenSets } from '@/db/schema'
import { SEALED_AHEAD, type Vault } from '../vault/vault'
import { fromNow, NOW } from './db-clock'
import type { Lease } from './lease'
import { endAlarm } from './renewal/alarm'
import { noteEndpointSuccess } from './renewal/endpoints'
import { renewalDueInMs } from './renewal/schedule'
import {
  isRenewedAhead,
  type NewTokens,
  type OrPlaceholders,
  ofOwner,
  placeOf,
  refreshEndColumns,
  refreshEndOf,
  sealTokens,
  sealTokensAhead,
  type TokenOwner,
} from './stored-tokens'

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
  /** The version of the credential that they were got for; null or missing: a draft's. */
  ownerVersion?: number | null
}

/**
 * Stores renewed tokens and gives the lease back, in one transaction. Times are stored by the database's clock.
 * @param isSpooled whether what was got comes out of the spool. Its lease may have ended meanwhile; it is stored all the same
 *   while nobody is renewing and nobody has stored other tokens, since it is then the latest that the provider has given
 * @returns the tokens' version; null when others have been stored, or are about to be
 */
export async function storeRenewed(
  db: Database,
  vault: Vault,
  lease: Lease,
  renewed: Renewed,
  isSpooled = false,
): Promise<number | null> {
  const stored = isSpooled ? null : await storeAtOnce(db, vault, lease, renewed)
  return stored ?? storeInSteps(db, vault, lease, renewed, isSpooled)
}

/**
 * Stores them in one statement, as most are: the lease is held, nobody was told of trouble, and the data key is at hand. If
 * any of this is not so, nothing is written.
 */
async function storeAtOnce(db: Database, vault: Vault, lease: Lease, renewed: Renewed): Promise<number | null> {
  const { owner, fence, attemptId } = lease
  const sealed = await sealTokensAhead(vault, owner, renewed.tokens)
  if (!sealed) return null
  const [kept] = await keep(db).execute({ ...valuesOf(renewed), ...placeOf(owner), ...sealed, fence, attemptId })
  return kept?.version ?? null
}

const keep = preparedOnce((db) => {
  const { placeholder } = sql
  const accountId = placeholder('accountId')
  const ownerId = placeholder('ownerId')
  const fence = placeholder('fence')
  const held = db.$with('held', {}).as(sql`
    select 1 from ${tokenSets}
    where account_id = ${accountId} and owner_id = ${ownerId} and fence = ${fence} and alarmed_at is null for update`)
  const dataKey = db.$with('data_key', {}).as(SEALED_AHEAD.holdKey(sql`held`))
  const kept = db.$with('kept').as(
    db
      .update(tokenSets)
      .set(columnsOf({ accountId, ownerId }, placeholders))
      .where(
        and(
          eq(tokenSets.accountId, accountId),
          eq(tokenSets.ownerId, ownerId),
          eq(tokenSets.fence, fence),
          sql`exists (select from data_key)`,
        ),
      )
      .returning({ version: tokenSets.version, expiresAt: tokenSets.expiresAt }),
  )
  const sealed = db.$with('sealed', {}).as(SEALED_AHEAD.store('tokens', sql`kept`))
  const attempt = db.$with('attempt', {}).as(sql`
    update ${renewalAttempts} set result = 'renewed', ended_at = clock_timestamp(), next_at = kept.expires_at
    from kept where account_id = ${accountId} and id = ${placeholder('attemptId')}`)
  const answered = db.$with('answered', {}).as(sql`
    delete from ${tokenEndpoints} where origin = ${placeholder('endpoint')} and exists (select from kept)`)
  return db
    .with(held, dataKey, kept, sealed, attempt, answered)
    .select({ version: kept.version })
    .from(kept)
    .prepare('keep_renewed_tokens')
})

function storeInSteps(
  db: Database,
  vault: Vault,
  lease: Lease,
  renewed: Renewed,
  isSpooled: boolean,
): Promise<number | null> {
  const { owner, fence, attemptId } = lease
  const { tokens, endpoint, version } = renewed
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
            isSpooled
              ? sql`version = ${version} and not ${areLater(lease)} and (fence = ${fence} or ${isFree})`
              : eq(tokenSets.fence, fence),
          ),
        )
        .for('update'),
    )
    const [row] = await tx
      .with(held)
      .update(tokenSets)
      .set({
        ...columnsOf(owner, valuesOf(renewed)),
        // Who took the lease meanwhile, and is late as well, is to store nothing.
        ...(isSpooled ? { fence: sql`${tokenSets.fence} + 1` } : {}),
      })
      .from(held)
      .where(ofOwner(owner))
      .returning({ version: tokenSets.version, expiresAt: tokenSets.expiresAt, ...held._.selectedFields })
    if (!row) return null
    await sealTokens(tx, vault, owner, tokens)
    await tx
      .update(renewalAttempts)
      .set({ result: 'renewed', endedAt: NOW, nextAt: row.expiresAt })
      .where(and(eq(renewalAttempts.accountId, owner.accountId), eq(renewalAttempts.id, attemptId)))
    if (row.alarmedAt) await endAlarm(tx, owner, row.failingSince)
    await noteEndpointSuccess(tx, endpoint)
    return row.version
  })
}

/**
 * Whether the tokens of a row were got after an attempt had begun. Versions count anew once tokens were removed, such as by
 * who disconnects and connects again: what is of the same version then is not what the attempt has renewed.
 */
export function areLater({ owner, attemptId }: Lease) {
  return sql<boolean>`exists (select from ${renewalAttempts} attempt
    where attempt.account_id = ${owner.accountId} and attempt.id = ${attemptId}
      and attempt.started_at < ${tokenSets}.obtained_at)`
}

/** What a statement that stores renewed tokens is told of them, times in milliseconds from now. */
function valuesOf({ tokens, sentAt, endpoint, learnedSeconds, ownerVersion = null }: Renewed) {
  const elapsedMs = Date.now() - sentAt.getTime()
  const endsInMs = tokens.expiresAt && tokens.expiresAt.getTime() - sentAt.getTime() - elapsedMs
  const refreshEnd = refreshEndOf(tokens)
  const { refreshEndsInMs } = refreshEnd
  const renewInMs = tokens.accessToken ? renewalDueInMs({ endsInMs, learnedSeconds, refreshEndsInMs }) : 0
  return { obtainedInMs: -elapsedMs, endsInMs, renewInMs, ...refreshEnd, endpoint, learnedSeconds, ownerVersion }
}

type Values = OrPlaceholders<ReturnType<typeof valuesOf>>

const placeholders: Values = {
  obtainedInMs: sql.placeholder('obtainedInMs'),
  endsInMs: sql.placeholder('endsInMs'),
  renewInMs: sql.placeholder('renewInMs'),
  refreshEndsInMs: sql.placeholder('refreshEndsInMs'),
  keepsRefreshEnd: sql.placeholder('keepsRefreshEnd'),
  endpoint: sql.placeholder('endpoint'),
  learnedSeconds: sql.placeholder('learnedSeconds'),
  ownerVersion: sql.placeholder('ownerVersion'),
}

/** What is written of renewed tokens, and of a renewal that succeeded. */
function columnsOf(owner: OrPlaceholders<TokenOwner>, values: Values) {
  const { obtainedInMs, endsInMs, renewInMs, endpoint, learnedSeconds, ownerVersion } = values
  // Of a client or for hosts that are others by now: what is got next is what the credential means.
  const current = sql`(select version from ${credentials} where account_id = ${owner.accountId} and id = ${owner.ownerId})`
  const unlessOutdated = (at: SQL) =>
    sql`case when ${ownerVersion}::integer <> coalesce(${current}, 0) then ${NOW} else ${at} end`
  return {
    version: sql`${tokenSets.version} + 1`,
    obtainedAt: fromNow(obtainedInMs),
    expiresAt: unlessOutdated(fromNow(endsInMs)),
    renewAt: sql`case when ${isRenewedAhead(owner)} then ${unlessOutdated(fromNow(renewInMs))} end`,
    ...refreshEndColumns(values),
    endpoint: sql`${endpoint}`,
    learnedSeconds: sql`${learnedSeconds}`,
    leaseUntil: null,
    contestedAt: null,
    refusedError: null,
    refusedAt: null,
    failingSince: null,
    failures: 0,
    coolUntil: null,
    alarmedAt: null,
  }
}
