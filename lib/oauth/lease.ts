import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { preparedOnce } from '@/db/prepared'
import { renewalAttempts, type renewalReasons, tokenSets } from '@/db/schema'
import { newId } from '../ids'
import { fromNow } from './db-clock'
import { FIRST_FENCE, ofOwner, placeOf, stateColumns, type TokenOwner, type TokenState } from './stored-tokens'

export type RenewalReason = (typeof renewalReasons)[number]

/**
 * The right to renew an owner's tokens, until it ends by the database's clock: those of the instances may differ. Its fence
 * is asked for whenever something is written by it, so that who comes late writes nothing.
 */
export interface Lease {
  owner: TokenOwner
  fence: number
  /** The attempt that it was taken for, which is written with it: see `renewal_attempts`. */
  attemptId: string
}

/**
 * How long who died, or can't reach the database, is waited for once somebody else wants to renew. What he got may be in
 * his spool: a refresh token that was spent must not be sent a second time before he had the chance to bring it.
 */
const GRACE_MS = 10_000

/** What a statement concerns that is only for whoever still holds the lease. */
export const heldBy = ({ owner, fence }: Pick<Lease, 'owner' | 'fence'>) =>
  and(ofOwner(owner), eq(tokenSets.fence, fence))

interface ClaimOptions {
  leaseMs: number
  reason: RenewalReason
  /** See `GRACE_MS`. */
  graceMs?: number
  /** Takes it only of tokens that are to be renewed by now, and were not refused for good. */
  onlyIfDue?: boolean
}

/**
 * Takes the lease, unless somebody has it, and writes down that an attempt begins, in one statement. An attempt that was
 * under way when its lease ended has an unknown outcome from then on.
 * @returns null when somebody has it, or had it and may yet bring what he got; or when there is nothing to renew by now
 */
export async function claim(
  db: Database,
  owner: TokenOwner,
  { leaseMs, reason, graceMs = GRACE_MS, onlyIfDue = false }: ClaimOptions,
): Promise<Lease | null> {
  const attemptId = newId('renewalAttempt')
  const take = onlyIfDue ? takeIfDue : takeOrBegin
  const [row] = await take(db).execute({ ...placeOf(owner), attemptId, reason, leaseMs, contestedMs: -graceMs })
  if (row) return { owner: placeOf(owner), fence: row.fence, attemptId }
  await db
    .update(tokenSets)
    .set({ contestedAt: sql`clock_timestamp()` })
    .where(and(ofOwner(owner), sql`lease_until <= clock_timestamp() and contested_at is null`))
  return null
}

const accountId = sql.placeholder('accountId')
const ownerId = sql.placeholder('ownerId')
const untilEnd = fromNow(sql.placeholder('leaseMs'))
const isFree = sql`(token_sets.lease_until is null
  or (token_sets.lease_until <= clock_timestamp() and token_sets.contested_at <= ${fromNow(sql.placeholder('contestedMs'))}))`
const taken = sql`fence = token_sets.fence + 1, lease_until = ${untilEnd}, contested_at = null`

const takeIfDue = preparedOnce((db) =>
  taking(
    db,
    sql`update ${tokenSets} set ${taken}
      where account_id = ${accountId} and owner_id = ${ownerId}
        and renew_at <= clock_timestamp() and refused_error is null and ${isFree}`,
  ).prepare('take_lease_if_due'),
)

const takeOrBegin = preparedOnce((db) =>
  taking(
    db,
    sql`insert into ${tokenSets} (account_id, owner_id, fence, lease_until)
      values (${accountId}, ${ownerId}, ${FIRST_FENCE}, ${untilEnd})
      on conflict (account_id, owner_id) do update set ${taken} where ${isFree}`,
  ).prepare('take_lease'),
)

/** @param take takes the lease, of one row or none */
function taking(db: Database, take: SQL) {
  const lease = db.$with('lease', { fence: tokenSets.fence }).as(sql`${take} returning fence`)
  const cutOff = db.$with('cut_off', {}).as(sql`
    update ${renewalAttempts} set result = 'unknown', ended_at = clock_timestamp()
    where account_id = ${accountId} and owner_id = ${ownerId} and ended_at is null and exists (select from lease)`)
  const attempt = db.$with('attempt', {}).as(sql`
    insert into ${renewalAttempts} (id, account_id, owner_id, fence, reason, started_at)
    select ${sql.placeholder('attemptId')}, ${accountId}, ${ownerId}, fence, ${sql.placeholder('reason')}, clock_timestamp()
    from lease`)
  return db.with(lease, cutOff, attempt).select({ fence: lease.fence }).from(lease)
}

/**
 * Lets the lease begin anew, once all is read that is needed. What was read before it, and after the claim, nobody has
 * replaced meanwhile.
 * @returns the state of the tokens; null when the lease was lost
 */
export async function confirm(db: Database, lease: Lease, leaseMs: number): Promise<TokenState | null> {
  const [row] = await db
    .update(tokenSets)
    .set({ leaseUntil: fromNow(leaseMs) })
    .where(heldBy(lease))
    .returning(stateColumns)
  return row ?? null
}

/**
 * Gives the lease back. Of an attempt that was not ended, since it has asked nobody, nothing is left; nor of a row without
 * tokens and history, since its owner may be gone.
 */
export async function release(db: Database, { owner, fence, attemptId }: Lease): Promise<void> {
  const { accountId, ownerId } = owner
  const isHeld = sql`account_id = ${accountId} and owner_id = ${ownerId} and fence = ${fence}`
  const isEmpty = sql`version = 0 and refused_error is null and failing_since is null`
  await db.execute(sql`
    with attempt as (
      delete from ${renewalAttempts} where account_id = ${accountId} and id = ${attemptId} and ended_at is null
    ), empty as (
      delete from ${tokenSets} where ${isHeld} and ${isEmpty}
    )
    update ${tokenSets} set lease_until = null, contested_at = null where ${isHeld} and not (${isEmpty})`)
}
